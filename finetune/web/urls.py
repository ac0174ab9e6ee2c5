from django.urls import URLPattern, URLResolver, include, path

from finetune.web import pages, public
from finetune.web.shell import pages as shell

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.front, name="front"),
    path("login/", pages.log_in, name="log_in"),
    path("login/code/", pages.log_in_code),
    path("logout/", pages.log_out, name="log_out"),
    path("store/", shell.choose_store),
    path("language/", shell.choose_language),
    path("", include("finetune.web.counter.urls")),
    path("", include("finetune.web.people.urls")),
    path("", include("finetune.web.day.urls")),
    path("", include("finetune.web.repairs.urls")),
    path("", include("finetune.web.bills.urls")),
    path("", include("finetune.web.money.urls")),
    path("", include("finetune.web.books.urls")),
    path("", include("finetune.web.goods.urls")),
    path("i/<token>/", public.bill_page, name="public_bill"),
    path("i/<token>/pdf/", public.bill_pdf, name="public_pdf"),
    path("i/<token>/verify", public.bill_verify, name="public_verify"),
    path("favicon.ico", pages.favicon, {"name": "favicon.ico", "media_type": "image/x-icon"}),
    path("favicon.svg", pages.favicon, {"name": "favicon.svg", "media_type": "image/svg+xml"}),
]
