"""Writes that join a caller's transaction."""

from django.db import connection

from finetune.core.caller import Caller
from finetune.core.listing import Row, rows_of
from finetune.core.refusals import conflict, not_found
from finetune.invoicing.queries import SCOPE

_KEEP = """INSERT INTO documents_rendereddocument
    (kind, object_id, layout, lang, state, public_url, sha256, content)
VALUES (%(kind)s, %(object_id)s, %(layout)s, %(lang)s, %(state)s, %(public_url)s, %(sha256)s, %(content)s)
ON CONFLICT ON CONSTRAINT documents_rendered_once DO NOTHING"""

# A settlement is there as soon as a bill is issued, and for ever: what always exists can be locked.
_LOCK = f"""SELECT i.id FROM invoicing_invoice i JOIN invoicing_settlement st ON st.invoice_id = i.id
WHERE i.id = %(id)s AND ({SCOPE}) FOR NO KEY UPDATE OF st"""
_DRAFT = f"SELECT i.id FROM invoicing_invoice i WHERE i.id = %(id)s AND i.issued_at IS NULL AND ({SCOPE})"


def keep(rendered: Row) -> None:
    """Keep what was set, unless somebody else was first."""
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, rendered)


def lock_links(caller: Caller, invoice_id: int) -> None:
    """The bill whose link changes, by its settlement. 404 outside the caller's stores, 409 for a draft."""
    given = {"id": invoice_id, "stores": caller.stores_param}
    if rows_of(_LOCK, given):
        return
    if rows_of(_DRAFT, given):
        raise conflict("invoice_not_issued", "This is a draft: it has no link yet. Issue it first.")
    raise not_found("invoice")


def end_link(invoice_id: int) -> bool:
    """Whether there was a link to end."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE invoicing_publiclink SET revoked_at = now() WHERE invoice_id = %s AND revoked_at IS NULL",
            [invoice_id],
        )
        return bool(cursor.rowcount)


def make_link(invoice_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO invoicing_publiclink (invoice_id, token) VALUES (%s, invoicing_new_token())",
            [invoice_id],
        )
