"""Endpoint: /api/resolve/."""

from django.http import HttpResponse
from ninja import Query, Router

from finetune.core.http import Call, endpoint
from finetune.reports.codes import resolve
from finetune.reports.codes_schemas import CodeQuery, ResolvedOut

codes = Router(tags=["resolve"])


@endpoint(codes, "GET", "/", verb="code.resolve", answers={200: ResolvedOut})
def resolve_code(call: Call, query: Query[CodeQuery]) -> HttpResponse:
    """What a code means: a serial, SKU, barcode, booking, bill, credit note, phone number, or the code of a paper.

    The best match first. What is only alike, by name, follows where nothing is exact.
    """
    matches = resolve(call.caller, query.code)
    for row in matches:
        del row["rank"]
    return call.answer(200, {"code": query.code, "matches": matches})
