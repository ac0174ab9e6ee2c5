from tests import cast


def test_open_shop(shop):
    assert shop.booking()
    assert cast.variant()
