"""What was paid too much on a bill became credit; the bill, given back, was cancelled: the books agree."""

from finetune.reports.books import check_books
from tests.cast import new_key
from tests.invoicing import desk


def test_the_books_agree(committed_shop):
    shop = committed_shop
    bill = desk.bill_of("100.00", shop)
    paid = desk.made(desk.pay(shop.bilal, bill["id"], "150.00", allow_credit=True))
    path = f"/payments/{paid['id']}/refund/"
    desk.made(
        shop.asha.post(path, {"amount": "100.00", "reason": "mistake", "mode": "credit"}, key=new_key())
    )
    desk.made(shop.asha.post(f"/invoices/{bill['id']}/cancel/", {"reason": "mistake"}), 200)
    assert [finding.check.name for finding in check_books() if finding.count] == []
