"""Refusals in the words of a page, where the API's own speak to programs."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from finetune.core.refusals import Refusal

SENTENCES: Mapping[str, Promise] = {
    "idempotency_key_reused": _(
        "This was sent before with something else in it, and that was done. Look at what came of it before you send"
        " more."
    ),
    "idempotency_in_progress": _("This is being saved just now. Look in a moment whether it is done."),
}


def told(refusal: Refusal) -> str:
    return str(SENTENCES.get(refusal.code, refusal.detail))
