"""Number series: what each gave out last, a new one, and beginning one again."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from finetune.core.fields import Reason
from finetune.invoicing.actions import clear_sequence, open_sequence
from finetune.invoicing.queries import sequence, sequences
from finetune.invoicing.schemas import SequenceIn, SequenceQuery
from finetune.web.shell.forms import Field, Form
from finetune.web.shell.lists import Column, ListPage, show_list
from finetune.web.shell.visit import Visit, id_of, page

KINDS = (
    ("invoice", gettext_lazy("Tax invoices")),
    ("bill_of_supply", gettext_lazy("Bills of supply")),
    ("credit_note", gettext_lazy("Credit notes")),
    ("receipt_voucher", gettext_lazy("Receipt vouchers")),
    ("refund_voucher", gettext_lazy("Refund vouchers")),
)
FIELDS = (
    Field("series", gettext_lazy("Series"), required=True, hint=gettext_lazy("Such as PUNE"), maxlength=20),
    Field("kind", gettext_lazy("Numbers"), "choice", KINDS, required=True),
    Field(
        "gstin",
        gettext_lazy("GSTIN"),
        hint=gettext_lazy("Empty: for all that have none of their own"),
        maxlength=15,
    ),
    Field(
        "prefix",
        gettext_lazy("Before the number"),
        hint=gettext_lazy("Empty: the series and a hyphen"),
        maxlength=12,
    ),
    Field(
        "last_number",
        gettext_lazy("Last number given out"),
        "number",
        required=True,
        hint=gettext_lazy("0, or that of the older software"),
    ),
)
REASON = (Field("reason", gettext_lazy("Reason"), "long", required=True, maxlength=500),)

LIST = ListPage(
    title=gettext_lazy("Number series"),
    lead=gettext_lazy("A number is given out when a document is issued, never before, and never twice."),
    path="/settings/series/",
    query=SequenceQuery,
    read=sequences,
    columns=(
        Column(gettext_lazy("Series"), "series", link=lambda row: f"/settings/series/{row['id']}/"),
        Column(gettext_lazy("Numbers"), lambda row: dict(KINDS).get(row["kind"], row["kind"])),
        Column(gettext_lazy("GSTIN"), "gstin", kind="code"),
        Column(
            gettext_lazy("Last number"), lambda row: f"{row['prefix']}{row['last_number']:04}", kind="code"
        ),
        Column(gettext_lazy("Run"), "run", kind="count"),
        Column(gettext_lazy("Last date"), "last_date", kind="date"),
    ),
    new=(gettext_lazy("New series"), "/settings/series/new/", "sequence.write"),
)


@page("sequence.read")
def list_series(visit: Visit) -> HttpResponse:
    return show_list(visit, LIST)


@page("sequence.write", methods=("GET", "POST"))
def new_series(visit: Visit) -> HttpResponse:
    form = Form(FIELDS, initial={"kind": "invoice", "last_number": "0"})
    if visit.request.method == "POST":
        form = form.fill(visit.request.POST)
        with form.refusals():
            values = form.values
            last = values.pop("last_number")
            whole = int(last) if last and last.isdecimal() and len(last) < 12 else last
            body = SequenceIn.model_validate(
                {**values, "prefix": values["prefix"] or None, "last_number": whole}
            )
            open_sequence(actor=visit.actor, fields=body.fields(), last_number=body.last_number)
            return visit.go("/settings/series/", _("The series is open."))
    back = ("/settings/series/", _("Number series"))
    return visit.render("web/form.html", status=form.status, form=form, title=_("New series"), back=back)


@page("sequence.write", methods=("GET", "POST"))
def restart_series(visit: Visit, row_id: str) -> HttpResponse:
    """Begin again at 0001 in a new run: the only way back, and refused while a number could repeat in a year."""
    row = sequence(visit.caller, id_of(row_id, "series"))
    form = Form(REASON)
    if visit.request.method == "POST":
        form = form.fill(visit.request.POST)
        with form.refusals():
            body = form.body(Reason)
            clear_sequence(actor=visit.actor, sequence_id=row["id"], reason=body.reason)
            return visit.go("/settings/series/", _("The next number of %s is 1.") % row["series"])
    return visit.render(
        "web/form.html",
        status=form.status,
        form=form,
        title=_("Begin %s again") % row["series"],
        lead=_("The next number will be 1, in a new run. Refused where this year's numbers would repeat."),
        back=("/settings/series/", _("Number series")),
        submit=_("Begin again at 1"),
    )
