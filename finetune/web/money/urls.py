from django.urls import URLPattern, path

from finetune.web.money import documents, lists

urlpatterns: list[URLPattern] = [
    path("payments/", lists.list_payments),
    path("payments/<payment_id>/", documents.show_payment),
    path("payments/<payment_id>/refund/", documents.give_back),
    path("refunds/", lists.list_refunds),
    path("refunds/<refund_id>/", documents.show_refund),
    path("refunds/<refund_id>/outcome/", documents.decide),
    path("credit-notes/", lists.list_notes),
    path("credit-notes/<note_id>/", documents.show_note),
    path("credits/", lists.list_credits),
    path("deposits/", lists.list_deposits),
    path("deposits/<deposit_id>/", documents.show_deposit),
    path("deposits/<deposit_id>/refund/", documents.give_deposit_back),
]
