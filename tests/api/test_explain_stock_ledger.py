"""GET /api/stock-ledgers/{id}/explain/."""

from tests import cast
from tests.cast import Shop
from tests.inventory import shelf


def path_of(store: int, variant: int) -> str:
    sql = "SELECT id FROM inventory_stockledger WHERE store_id = %s AND product_variant_id = %s"
    return f"/stock-ledgers/{shelf.fetch(sql, store, variant)[0][0]}/explain/"


def test_every_entry_stands_between_two_balances(shop: Shop):
    variant = shelf.tracked_variant()
    bought = shelf.post(shop.asha, "purchase", shop.pune, variant, 2, serials=["A1", "A2"])
    broken = shelf.post(shop.asha, "damage", shop.pune, variant, 1, serials=["A2"], reason="Fell")
    answer = shop.bilal.get(path_of(shop.pune, variant))
    assert answer.status == 200
    ledger = answer.data["ledger"]
    assert (ledger["quantity"], ledger["sum_posted"], ledger["entries_posted"]) == (1, 1, 2)
    assert (ledger["adds_up"], ledger["serials_on_hand"], ledger["track_serials"]) == (True, 1, True)
    assert (answer.data["opening"], answer.data["closing"]) == (0, 1)
    last, first = answer.data["results"]
    assert (last["id"], last["balance_before"], last["delta"], last["balance_after"]) == (broken, 2, -1, 1)
    assert (last["reason"], last["serial_numbers"], last["entered_by"]) == ("Fell", ["A2"], shop.asha.id)
    assert (first["id"], first["balance_before"], first["balance_after"]) == (bought, 0, 2)


def test_it_is_paged_and_says_where_each_page_begins(shop: Shop):
    variant = cast.variant()
    for units in (5, 4, 3):
        shelf.post(shop.asha, "purchase", shop.pune, variant, units)
    path = path_of(shop.pune, variant)
    first = shop.bilal.get(f"{path}?page_size=2")
    assert (first.data["opening"], first.data["closing"]) == (5, 12)
    second = shop.bilal.get(path + "?" + first.data["next"].split("?")[1])
    assert (second.data["opening"], second.data["closing"], second.data["next"]) == (0, 5, None)
    oldest = shop.bilal.get(f"{path}?ordering=posted_at&page_size=2")
    assert (oldest.data["opening"], oldest.data["closing"]) == (0, 9)
    assert shop.bilal.get(f"{path}?ordering=id").status == 200
    assert shop.bilal.get(f"{path}?cursor=nonsense").status == 400
    assert shop.bilal.get(f"{path}?ordering=reason").status == 400


def test_what_waits_or_was_taken_back(shop: Shop):
    variant = shelf.guarded_variant()
    entry = shelf.post(shop.asha, "purchase", shop.pune, variant, 5)
    shelf.post(shop.asha, "purchase", shop.pune, variant, 3)
    assert shop.admin.post(f"/stock-entries/{entry}/approve/").status == 200
    reversal = shop.asha.post(f"/stock-entries/{entry}/reverse/", {"reason": "Wrong box"}).data["id"]
    answer = shop.asha.get(path_of(shop.pune, variant))
    ledger = answer.data["ledger"]
    assert (ledger["quantity"], ledger["entries_waiting"], ledger["units_waiting"]) == (0, 1, 3)
    assert [row["id"] for row in answer.data["results"]] == [reversal, entry]
    assert answer.data["results"][0]["reversal_of"] == entry
    assert answer.data["results"][1]["reversed_by"] == reversal
    assert answer.data["results"][1]["approved_by"] == shop.admin.id


def test_only_for_who_may_see_the_store(shop: Shop):
    variant = cast.variant()
    shelf.post(shop.asha, "purchase", shop.pune, variant, 1)
    assert shop.chitra.get(path_of(shop.pune, variant)).status == 404
    assert shop.auditor.get(path_of(shop.pune, variant)).status == 200
    assert shop.asha.get("/stock-ledgers/0/explain/").status == 404
