from tests import cast


def codes(person, query=""):
    answer = person.get(f"/stores/{query}")
    assert answer.status == 200
    return {row["name"] for row in answer.data["results"]}


def test_own_stores_only(shop):
    assert codes(shop.admin) == codes(shop.auditor) == {"Pune", "Nagpur"}
    assert codes(shop.asha) == codes(shop.bilal) == {"Pune"}
    assert codes(shop.chitra) == {"Nagpur"}
    assert codes(cast.person("advisor")) == set()


def test_another_store_is_not_there(shop):
    assert shop.bilal.get(f"/stores/{shop.pune}/").status == 200
    answer = shop.bilal.get(f"/stores/{shop.nagpur}/")
    assert (answer.status, answer.code) == (404, "not_found")


def test_filters(shop):
    cast.store("29", gstin=cast.BENGALURU_GSTIN, name="Bengaluru", city="Whitefield")
    assert codes(shop.admin, "?q=white") == {"Bengaluru"}
    assert codes(shop.admin, "?q=pun") == {"Pune"}
    assert codes(shop.admin, f"?gstin={cast.PUNE_GSTIN.lower()}") == {"Pune", "Nagpur"}
    assert codes(shop.admin, "?state_code=29") == {"Bengaluru"}
    assert codes(shop.admin, "?q=%25") == set()
