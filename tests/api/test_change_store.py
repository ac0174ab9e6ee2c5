from tests.cast import BENGALURU_GSTIN, PUNE_GSTIN


def test_gstin_and_state_agree_whichever_is_changed(shop):
    address = f"/stores/{shop.pune}/"
    for change in ({"gstin": BENGALURU_GSTIN}, {"state_code": "29"}):
        answer = shop.admin.patch(address, change)
        assert (answer.status, answer.code) == (400, "invalid_gstin")
        assert answer.field_codes() == {"gstin": "invalid_gstin"}
    assert shop.admin.get(address).data["gstin"] == PUNE_GSTIN
    both = shop.admin.patch(address, {"gstin": BENGALURU_GSTIN, "state_code": "29"})
    assert (both.status, both.data["state_code"]) == (200, "29")
    assert shop.admin.patch(address, {"gstin": None, "state_code": "27"}).data["gstin"] == ""


def test_code_of_another_store(shop):
    other = shop.admin.get(f"/stores/{shop.nagpur}/").data["code"]
    answer = shop.admin.patch(f"/stores/{shop.pune}/", {"code": other})
    assert (answer.status, answer.field_codes()) == (409, {"code": "already_exists"})
