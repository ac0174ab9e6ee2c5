from django.urls import URLPattern, path

from finetune.web.goods import approvals, entries, serials, stock

urlpatterns: list[URLPattern] = [
    path("stock/", stock.list_stock),
    path("stock/ledgers/", stock.list_ledgers),
    path("stock/entries/", entries.list_entries),
    path("stock/entries/<entry_id>/", entries.show_entry),
    path("stock/entries/<entry_id>/approve/", entries.approve),
    path("stock/entries/<entry_id>/reject/", entries.reject),
    path("stock/entries/<entry_id>/reverse/", entries.reverse),
    path("stock/<ledger_id>/", stock.show_ledger),
    path("approvals/", approvals.list_waiting),
    path("serials/", serials.list_serials),
    path("serials/<serial_id>/", serials.show_serial),
]
