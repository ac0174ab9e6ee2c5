from finetune.bookings.posting import walk_in_of
from tests import cast
from tests.cast import BENGALURU_GSTIN, PUNE_GSTIN


def test_the_record_as_it_would_become_is_checked(shop):
    buyer = f"/customers/{cast.customer()}/"
    assert shop.bilal.patch(buyer, {"category": "registered"}).field_codes() == {"gstin": "required"}
    registered = shop.bilal.patch(buyer, {"gstin": PUNE_GSTIN})
    assert (registered.data["category"], registered.data["state_code"]) == ("registered", "27")
    assert shop.bilal.patch(buyer, {"state_code": "29"}).field_codes() == {"gstin": "invalid_gstin"}
    assert shop.bilal.patch(buyer, {"category": "unregistered"}).field_codes() == {"category": "invalid"}
    assert shop.bilal.patch(buyer, {"gstin": BENGALURU_GSTIN}).data["state_code"] == "29"
    assert shop.bilal.patch(buyer, {"category": "sez"}).status == 200
    assert shop.bilal.patch(buyer, {"gstin": ""}).field_codes() == {"gstin": "required"}
    plain = shop.bilal.patch(buyer, {"gstin": None, "category": "unregistered"})
    assert (plain.status, plain.data["gstin"]) == (200, "")
    assert shop.bilal.patch(buyer, {"category": "export"}).field_codes() == {"country": "invalid"}
    assert shop.bilal.patch(buyer, {"category": "export", "country": "NP"}).status == 200


def test_a_walk_in_stays_one(shop):
    walk_in = f"/customers/{walk_in_of(shop.pune, actor=shop.bilal.actor)}/"
    answer = shop.bilal.patch(walk_in, {"gstin": PUNE_GSTIN})
    assert (answer.status, answer.code) == (409, "walk_in_customer")
    assert shop.bilal.patch(walk_in, {"name": "Ravi"}).status == 409
    assert shop.bilal.patch(walk_in, {"city": "Pune"}).status == 200
    assert shop.bilal.get(walk_in).data["gstin"] == ""
