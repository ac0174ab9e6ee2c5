from django.urls import URLPattern, path

from finetune.web.bills import bill, bill_list, crediting, drafts, ending, paying, sharing

urlpatterns: list[URLPattern] = [
    path("invoices/", bill_list.list_bills),
    path("invoices/new/", drafts.new_bill),
    path("invoices/<invoice_id>/", bill.show_bill),
    path("invoices/<invoice_id>/edit/", drafts.edit_draft),
    path("invoices/<invoice_id>/issue/", drafts.issue_bill),
    path("invoices/<invoice_id>/delete/", drafts.delete_bill),
    path("invoices/<invoice_id>/pay/", paying.pay_bill),
    path("invoices/<invoice_id>/credit/", crediting.credit_bill),
    path("invoices/<invoice_id>/cancel/", ending.cancel_bill),
    path("invoices/<invoice_id>/correct/", ending.correct_bill),
    path("invoices/<invoice_id>/mail/", sharing.mail_bill),
    path("invoices/<invoice_id>/link/renew/", sharing.change_link, {"change": "renew"}),
    path("invoices/<invoice_id>/link/revoke/", sharing.change_link, {"change": "revoke"}),
    path("invoices/<invoice_id>/einvoice/", ending.submit_bill),
    path("invoices/<invoice_id>/einvoice/answer/", ending.answer_bill),
]
