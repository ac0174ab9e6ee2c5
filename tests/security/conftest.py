import pytest

from tests.cast import Shop
from tests.security.scene import Scene

SELLER = {"legal_name": "FineTune Repairs LLP", "address": "12 FC Road", "city": "Pune", "pincode": "411004"}


@pytest.fixture
def scene(shop: Shop) -> Scene:
    assert shop.admin.patch(f"/stores/{shop.pune}/", SELLER).status == 200
    return Scene(shop, {})
