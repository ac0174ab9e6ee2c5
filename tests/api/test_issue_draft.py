"""POST /api/invoices/{id}/issue/."""

from tests.inventory import shelf
from tests.invoicing import desk
from tests.invoicing.desk import INVOICES, labour, part, refused, repair


def path(invoice) -> str:
    return f"{INVOICES}{invoice['id']}/issue/"


def test_a_draft_becomes_a_bill(shop):
    variant = desk.stocked(shop)
    draft = desk.draft(shop, part(variant, "3"), labour())
    answer = shop.bilal.post(path(draft))
    bill = desk.made(answer, 200)
    assert (bill["id"], bill["invoice_number"], bill["status"]) == (draft["id"], "FT-INV-0001", "issued")
    assert (bill["total"], bill["balance_due"]) == (draft["total"], draft["total"])
    assert "ETag" not in answer.headers
    assert shelf.quantity(shop.pune, variant) == 7
    assert desk.faults() == []


def test_a_key(shop):
    draft = desk.draft(shop, part(desk.stocked(shop)))
    desk.replays(shop.bilal, path(draft), {"invoice_date": None}, {}, stranger=shop.asha)
    assert desk.numbers() == [1]


def test_a_replay_comes_before_the_version(shop):
    draft = desk.draft(shop)
    first = shop.bilal.post(path(draft), key="once", **{"If-Match": '"1"'})
    again = shop.bilal.post(path(draft), key="once", **{"If-Match": '"1"'})
    assert (first.status, again.status, again.data) == (200, 200, first.data)


def test_only_once(shop):
    draft = desk.draft(shop)
    desk.made(shop.bilal.post(path(draft)), 200)
    before = desk.written()
    refused(shop.bilal.post(path(draft)), 409, "invoice_not_draft")
    refused(shop.bilal.post(path(desk.bill(shop))), 409, "invoice_not_draft")
    assert desk.written()["invoicing_invoice"] == before["invoicing_invoice"] + 1


def test_if_match(shop):
    draft = desk.draft(shop)
    shop.asha.patch(f"{INVOICES}{draft['id']}/", {"notes": "changed meanwhile"})
    before = desk.written()
    refused(shop.bilal.post(path(draft), **{"If-Match": '"1"'}), 412, "stale")
    assert desk.written() == before
    assert shop.bilal.post(path(draft), **{"If-Match": '"2"'}).status == 200


def test_at_the_quoted_prices(shop):
    variant = desk.stocked(shop)
    draft = desk.draft(shop, part(variant), part(variant, discount={"percent": "10"}))
    desk.execute("UPDATE stores_store SET discount_ceiling_percent = 10")
    shop.asha.patch(f"/variants/{variant}/", {"price": "2000.00"})
    desk.execute("UPDATE catalog_product SET hsn_code = '8517', gst_rate = 5, name = 'Renamed'")
    bill = desk.made(shop.bilal.post(path(draft)), 200)
    for line in (*draft["line_items"], *bill["line_items"]):
        del line["id"]
    assert bill["line_items"] == draft["line_items"]
    assert bill["total"] == draft["total"]


def test_dated_on_the_day_of_issue_or_as_said(shop):
    dated = {"invoice_date": "2025-09-20"}
    first, second, third = (desk.draft(shop, **given) for given in (dated, {}, {}))
    assert desk.made(shop.bilal.post(path(first)), 200)["invoice_date"] == "2025-09-20"
    said = desk.made(shop.bilal.post(path(second), {"invoice_date": "2025-09-21"}), 200)
    assert said["invoice_date"] == "2025-09-21"
    refused(shop.bilal.post(path(third), dated), 409, "date_before_last_number")
    refused(
        shop.bilal.post(path(third), {"invoice_date": "2099-01-01"}), 400, "date_in_future", "invoice_date"
    )
    refused(shop.bilal.post(path(third), {"invoice_date": "soon"}), 400, "invalid", "invoice_date")
    refused(shop.bilal.post(path(third), {"date": "2025-09-21"}), 400, "unknown_field", "date")
    answer = shop.bilal.post(path(desk.draft(shop, labour(gst_rate="5"))), {"invoice_date": "2016-01-01"})
    refused(answer, 400, "rate_not_in_force", "line_items.0.gst_rate")


def test_what_changed_meanwhile_may_refuse(shop):
    variant = desk.stocked(shop, 1)
    sold_out, mixed, cancelled = (
        desk.draft(shop, part(variant)),
        desk.draft(shop, labour(), labour(treatment="nil")),
        desk.draft(shop),
    )
    desk.bill(shop, part(variant))
    shop.admin.patch(f"/customers/{shop.buyer}/", {"gstin": "27AAPFU0939F1ZV", "category": "registered"})
    shop.asha.post(f"/bookings/{cancelled['booking']}/transition/", {"to": "cancelled", "reason": "left"})
    before = desk.written()
    refused(shop.bilal.post(path(sold_out)), 409, "insufficient_stock")
    refused(shop.bilal.post(path(mixed)), 409, "mixed_supply_needs_two_documents")
    refused(shop.bilal.post(path(cancelled)), 409, "booking_cancelled")
    assert desk.written() == before
    assert shop.bilal.get(f"{INVOICES}{sold_out['id']}/").data == sold_out


def test_an_advisor_is_held_to_the_ceiling_of_the_day(shop):
    draft = desk.made(shop.asha.post(INVOICES, repair(shop, status="draft", discount={"percent": "20"})))
    desk.execute("UPDATE stores_store SET discount_ceiling_percent = 10")
    refused(shop.bilal.post(path(draft)), 403, "discount_above_ceiling")
    assert shop.asha.post(path(draft)).status == 200


def test_who_may(shop):
    draft = desk.draft(shop)
    before = desk.written()
    refused(shop.auditor.post(path(draft)), 403, "forbidden")
    refused(shop.chitra.post(path(draft)), 404, "not_found")
    refused(shop.bilal.post(f"{INVOICES}0/issue/"), 404, "not_found")
    assert desk.written() == before
