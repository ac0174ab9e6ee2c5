"""How the stock of each category is kept: what it says itself, and what it inherits."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from finetune.catalog import queries as catalog
from finetune.inventory.actions import change_config, create_config
from finetune.inventory.queries import configs
from finetune.inventory.schemas import ConfigIn, ConfigPatch, ConfigQuery
from finetune.web.goods import queries
from finetune.web.shell.forms import Field, Form
from finetune.web.shell.visit import Visit, id_of, page

FIELDS = (
    Field(
        "track_serials",
        gettext_lazy("Track serials"),
        "flag",
        hint=gettext_lazy("Every unit has a serial or IMEI, and moves by it"),
    ),
    Field(
        "require_stock_in_approval",
        gettext_lazy("Approve what comes in"),
        "flag",
        hint=gettext_lazy("Purchases, returns and surplus wait until somebody else approves them"),
    ),
    Field(
        "log_price",
        gettext_lazy("Log prices"),
        "flag",
        hint=gettext_lazy("Every change of a price is written down with who made it"),
    ),
)


@page("inventory_config.read")
def list_settings(visit: Visit) -> HttpResponse:
    return visit.render(
        "web/goods/settings.html",
        rows=queries.category_settings(),
        may_write=visit.may("inventory_config.write"),
    )


@page("inventory_config.write", methods=("GET", "POST"))
def edit_settings(visit: Visit, category_id: str) -> HttpResponse:
    """Say how this category is kept. One that says nothing itself begins with what it inherits."""
    category = catalog.category(visit.caller, id_of(category_id, "category"))
    rows = configs(visit.caller, ConfigQuery.model_validate({"category": str(category["id"])})).rows
    kept: Any = rows[0] if rows else queries.settings_of(category["id"])
    form = Form(FIELDS, initial=kept)
    if visit.request.method == "POST":
        form = form.fill(visit.request.POST)
        with form.refusals():
            if rows:
                changes = form.body(ConfigPatch).model_dump(exclude_unset=True)
                change_config(
                    actor=visit.actor, config_id=rows[0]["id"], version=form.version, changes=changes
                )
            else:
                fields = form.body(ConfigIn, category=category["id"]).model_dump()
                fields["category_id"] = fields.pop("category")
                create_config(actor=visit.actor, fields=fields)
            return visit.go("/settings/inventory/", _("Saved."))
    return visit.render(
        "web/form.html",
        status=form.status,
        form=form,
        title=_("How %(category)s is kept") % {"category": category["name"]},
        lead=_("Categories below it follow, unless they say something themselves."),
        back=("/settings/inventory/", _("Inventory settings")),
        version=rows[0]["version"] if rows else "",
    )
