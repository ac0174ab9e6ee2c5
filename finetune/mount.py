"""Where every room's endpoints are put under /api/."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja.errors import HttpError, ValidationError

from finetune import __version__
from finetune.bookings.api import bookings as bookings_router
from finetune.catalog.api import categories as categories_router
from finetune.catalog.api import products as products_router
from finetune.catalog.api import variants as variants_router
from finetune.core.field_errors import CODES, field_error
from finetune.core.http import appoint
from finetune.core.middleware import answer_exception
from finetune.core.openapi import ContractAPI, Documents
from finetune.core.problems import problem_response
from finetune.core.refusals import Refusal, invalid
from finetune.core.strict_json import StrictParser, malformed
from finetune.crediting.api import credits as credits_router
from finetune.crediting.api import notes as notes_router
from finetune.crediting.api import of_invoices as notes_of_invoices_router
from finetune.customers.api import customers as customers_router
from finetune.documents.api import printing as printing_router
from finetune.documents.api import printing_deposits as printing_deposits_router
from finetune.documents.api import printing_notes as printing_notes_router
from finetune.drawers.api import cash_sessions as cash_sessions_router
from finetune.einvoicing.api import einvoices as einvoices_router
from finetune.einvoicing.api import note_einvoices as note_einvoices_router
from finetune.inventory.api import configs as inventory_configs_router
from finetune.inventory.api import entries as stock_entries_router
from finetune.inventory.api import ledgers as stock_ledgers_router
from finetune.inventory.api import price_logs as price_logs_router
from finetune.inventory.api import serials as serials_router
from finetune.invoicing.api import invoices as invoices_router
from finetune.invoicing.api import sequences as sequences_router
from finetune.payments.api import payments as payments_router
from finetune.payments.api import sales as sales_router
from finetune.payments.deposit_api import deposits as deposits_router
from finetune.payments.deposit_api import of_bookings as deposits_of_bookings_router
from finetune.refunds.api import of_payments as refunds_of_payments_router
from finetune.refunds.api import refunds as refunds_router
from finetune.reports.api import reports as reports_router
from finetune.reports.codes_api import codes as codes_router
from finetune.reports.explain_api import ledger_explanations as ledger_explanations_router
from finetune.reports.gst_api import gst_reports as gst_reports_router
from finetune.reports.registers_api import registers_router
from finetune.sending.api import deliveries as deliveries_router
from finetune.sending.api import of_invoices as sending_of_invoices_router
from finetune.sending.api import webhooks as webhooks_router
from finetune.staff.api import auth as auth_router
from finetune.staff.api import users as users_router
from finetune.staff.authentication import StaffDoorkeeper
from finetune.stores.api import stores as stores_router

appoint(StaffDoorkeeper())

api = ContractAPI(
    title="FineTune",
    version=__version__,
    description="Bookings, GST invoices, payments and stock of a repair-and-retail chain.",
    parser=StrictParser(),
    docs=Documents(),
    docs_url="/docs",
    openapi_url="/openapi.json",
    urls_namespace="api",
)
api.add_router("/auth", auth_router)
api.add_router("/users", users_router)
api.add_router("/invoices", invoices_router)
api.add_router("/invoices", einvoices_router)
api.add_router("/credit-notes", note_einvoices_router)
api.add_router("/invoices", printing_router)
api.add_router("/credit-notes", printing_notes_router)
api.add_router("/deposits", printing_deposits_router)
api.add_router("/invoice-sequences", sequences_router)
api.add_router("/payments", payments_router)
api.add_router("/sales", sales_router)
api.add_router("/invoices", notes_of_invoices_router)
api.add_router("/credit-notes", notes_router)
api.add_router("/customer-credits", credits_router)
api.add_router("/payments", refunds_of_payments_router)
api.add_router("/refunds", refunds_router)
api.add_router("/cash-sessions", cash_sessions_router)
api.add_router("/bookings", deposits_of_bookings_router)
api.add_router("/deposits", deposits_router)
api.add_router("/invoices", sending_of_invoices_router)
api.add_router("/webhooks", webhooks_router)
api.add_router("/deliveries", deliveries_router)
api.add_router("/stores", stores_router)
api.add_router("/customers", customers_router)
api.add_router("/categories", categories_router)
api.add_router("/products", products_router)
api.add_router("/variants", variants_router)
api.add_router("/bookings", bookings_router)
api.add_router("/inventory-config", inventory_configs_router)
api.add_router("/stock-ledgers", stock_ledgers_router)
api.add_router("/stock-ledgers", ledger_explanations_router)
api.add_router("/stock-entries", stock_entries_router)
api.add_router("/serials", serials_router)
api.add_router("/price-logs", price_logs_router)
api.add_router("/resolve", codes_router)
api.add_router("/reports", gst_reports_router)
api.add_router("/reports", registers_router)
api.add_router("/reports", reports_router)

ERRORS_MAX = 500  # a megabyte of unknown fields must not become thirty megabytes of answer


def _place(error: dict[str, Any]) -> tuple[str, ...]:
    """Where the error is, without ninja's own words before it."""
    place = tuple(str(part) for part in error["loc"])
    return place[2:] if place[0] == "body" else place[1:]


@api.exception_handler(Refusal)
def on_refusal(request: HttpRequest, error: Refusal) -> HttpResponse:
    return problem_response(request, error)


@api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problem_response(
        request, invalid([field_error(each, place=_place(each)) for each in error.errors[:ERRORS_MAX]])
    )


@api.exception_handler(HttpError)
def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    cause = error.__cause__
    return problem_response(request, cause if isinstance(cause, Refusal) else malformed(error.message))


@api.exception_handler(Exception)
def on_exception(request: HttpRequest, error: Exception) -> HttpResponse:
    return answer_exception(request, error)


__all__ = ["CODES", "api"]
