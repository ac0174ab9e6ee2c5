"""Endpoints: /api/reports/."""

from django.http import HttpResponse
from ninja import Router

from finetune.core.http import Call, endpoint
from finetune.reports import queries
from finetune.reports.schemas import NumberProof

reports = Router(tags=["reports"])


@endpoint(reports, "GET", "/number-proof/", verb="report.read", answers={200: NumberProof})
def read_number_proof(call: Call) -> HttpResponse:
    """Prove that numbers have no gap and no duplicate, for the whole chain: numbers are no store's secret."""
    return call.answer(200, queries.number_proof())
