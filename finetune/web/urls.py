from django.urls import URLPattern, path

from finetune.web import pages, public

urlpatterns: list[URLPattern] = [
    path("", pages.front, name="front"),
    path("login/", pages.log_in, name="log_in"),
    path("logout/", pages.log_out, name="log_out"),
    path("i/<token>/", public.bill_page, name="public_bill"),
    path("i/<token>/pdf/", public.bill_pdf, name="public_pdf"),
    path("i/<token>/verify", public.bill_verify, name="public_verify"),
    path("favicon.ico", pages.favicon, {"name": "favicon.ico", "media_type": "image/x-icon"}),
    path("favicon.svg", pages.favicon, {"name": "favicon.svg", "media_type": "image/svg+xml"}),
]
