from django.urls import URLPattern, path

from finetune.web.people import customers

urlpatterns: list[URLPattern] = [
    path("customers/", customers.list_customers),
    path("customers/new/", customers.new_customer),
    path("customers/<customer_id>/", customers.show_customer),
    path("customers/<customer_id>/edit/", customers.edit_customer),
]
