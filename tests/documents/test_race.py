"""Many ask for the same paper at once, and nobody asked before."""

import pytest

from finetune.documents.models import RenderedDocument
from tests.api.test_read_pdf import service
from tests.races.threads import at_once, own_client

pytestmark = pytest.mark.race


def test_all_of_them_get_the_same_bytes(committed_shop):
    shop = committed_shop
    bill = shop.bilal.post("/invoices/", {"booking": shop.booking(), "line_items": [service()]}).data
    answers = at_once(6, lambda _: own_client(shop.bilal).get(f"/invoices/{bill['id']}/pdf/"))
    assert [answer.status for answer in answers] == [200] * 6
    assert len({answer.data for answer in answers}) == 1
    assert RenderedDocument.objects.filter(object_id=bill["id"]).count() == 1
