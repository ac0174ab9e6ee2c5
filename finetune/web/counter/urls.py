from django.urls import URLPattern, path

from finetune.web.counter import finding, holding, returning, selling, till

urlpatterns: list[URLPattern] = [
    path("find/", finding.find),
    path("counter/", till.counter),
    path("counter/scan/", till.scan),
    path("counter/customer/", till.write_down),
    path("counter/quote/", selling.show_quote),
    path("counter/sell/", selling.sell_cart),
    path("counter/hold/", holding.hold),
    path("counter/held/", holding.list_held),
    path("counter/held/<invoice_id>/", holding.take_up),
    path("counter/held/<invoice_id>/drop/", holding.drop),
    path("counter/return/<invoice_id>/", returning.take_back),
]
