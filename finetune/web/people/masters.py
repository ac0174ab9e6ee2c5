"""The three pages that every master record of the office has: a new one, one to change, and what they share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from finetune.core.caller import Actor, Caller
from finetune.core.listing import Row
from finetune.core.transactions import Made
from finetune.web.shell.forms import Field, Form, Words
from finetune.web.shell.visit import Visit, id_of


@dataclass(frozen=True, slots=True)
class Master:
    """What makes the forms of one kind of record. `create` and `change` get the schema's body, checked."""

    what: str
    list_path: str
    list_title: Words
    new_title: Words
    fields: Callable[[Visit, Row | None], Sequence[Field]]
    schema_in: type[Any]
    schema_patch: type[Any]
    read: Callable[[Caller, int], Row]
    create: Callable[[Actor, Any], Made]
    change: Callable[[Actor, int, str | None, Any], Made]
    title: Callable[[Row], str]
    template: str = "web/form.html"

    def new_page(self, visit: Visit, **initial: Any) -> HttpResponse:
        form = Form(self.fields(visit, None), initial=initial)
        if visit.request.method == "POST":
            form = form.fill(visit.request.POST)
            with form.refusals():
                self.create(visit.actor, form.body(self.schema_in))
                return visit.go(self.list_path, _("Saved."))
        return self._show(visit, form, str(self.new_title))

    def change_page(self, visit: Visit, row_id: str, **shown: Any) -> HttpResponse:
        row = self.read(visit.caller, id_of(row_id, self.what))
        form = Form(self.fields(visit, row), initial=row)
        if visit.request.method == "POST":
            form = form.fill(visit.request.POST)
            with form.refusals():
                self.change(visit.actor, row["id"], form.version, form.body(self.schema_patch))
                return visit.go(self.list_path, _("Saved."))
        return self._show(visit, form, self.title(row), version=row.get("version", ""), row=row, **shown)

    def _show(self, visit: Visit, form: Form, title: str, **shown: Any) -> HttpResponse:
        given: Mapping[str, Any] = {"back": (self.list_path, self.list_title), **shown}
        return visit.render(self.template, status=form.status, form=form, title=title, **given)
