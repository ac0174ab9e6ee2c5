"""One's own account: password, second factor, sessions."""

import re

import pyotp
import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from finetune.core import dates
from finetune.core.models import AuditRecord
from finetune.staff.models import SecondFactor, WebSession
from tests.cast import PASSWORD, Shop
from tests.web.visits import browser_of, log_in, words_of

NEW = "a-much-better-one-9"


def code_now(user_id: int) -> str:
    return pyotp.TOTP(SecondFactor.objects.get(user_id=user_id).secret).at(dates.now())


def switch_on(client: Client, user_id: int) -> list[str]:
    assert "QR code" in client.get("/account/second-factor/").content.decode()
    page = client.post("/account/second-factor/", {"code": code_now(user_id), "password": PASSWORD})
    return re.findall(r"<code>([a-z2-7-]{19})</code>", page.content.decode())


def test_the_list_of_sessions_marks_this_one_and_ends_another(shop: Shop):
    here, elsewhere = browser_of(shop.bilal), browser_of(shop.bilal)
    assert "This one" in words_of(here.get("/account/"))
    other = WebSession.objects.order_by("id").last()
    assert other is not None
    assert here.post(f"/account/sessions/{other.pk}/end/").status_code == 303
    assert elsewhere.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 200


def test_nobody_ends_the_session_of_somebody_else(shop: Shop):
    bilal, asha = browser_of(shop.bilal), browser_of(shop.asha)
    of_asha = WebSession.objects.get(user_id=shop.asha.id)
    bilal.post(f"/account/sessions/{of_asha.pk}/end/")
    assert asha.get("/account/").status_code == 200


def test_ending_all_others_ends_tokens_too(shop: Shop):
    here, elsewhere = browser_of(shop.bilal), browser_of(shop.bilal)
    here.post("/account/sessions/others/end/")
    assert elsewhere.get("/account/").status_code == 302
    assert shop.bilal.get("/auth/me/").status == 401
    assert here.get("/account/").status_code == 200


def test_logging_out_ends_the_session_in_the_list(shop: Shop):
    client = browser_of(shop.bilal)
    client.post("/logout/")
    assert not WebSession.objects.filter(user_id=shop.bilal.id, ended_at=None).exists()


def test_a_new_password_keeps_this_session_and_ends_the_others(shop: Shop):
    here, elsewhere = browser_of(shop.bilal), browser_of(shop.bilal)
    refused = here.post("/account/password/", {"old": "wrong", "new": NEW})
    assert refused.status_code == 400
    assert "not your present password" in words_of(refused)
    assert here.post("/account/password/", {"old": PASSWORD, "new": NEW}).status_code == 303
    assert here.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302


def test_a_second_factor_is_asked_for_at_the_next_log_in(shop: Shop):
    client = browser_of(shop.bilal)
    codes = switch_on(client, shop.bilal.id)
    assert len(codes) == 10
    other, answer = log_in(shop.bilal)
    assert answer["Location"].startswith("/login/code/")
    assert other.get("/account/").status_code == 302
    refused = other.post("/login/code/", {"code": "000000", "next": "/account/"})
    assert refused.status_code == 401
    passed = other.post("/login/code/", {"code": codes[0], "next": "/account/"})
    assert (passed.status_code, passed["Location"]) == (303, "/account/")
    assert other.get("/account/").status_code == 200


def test_the_code_page_is_nothing_without_the_password(shop: Shop):
    assert Client().post("/login/code/", {"code": "123456"})["Location"].startswith("/login/")


def test_switching_off_and_new_codes_ask_for_the_password(shop: Shop):
    client = browser_of(shop.bilal)
    codes = switch_on(client, shop.bilal.id)
    assert client.post("/account/second-factor/codes/", {"password": "wrong"}).status_code == 400
    renewed = client.post("/account/second-factor/codes/", {"password": PASSWORD}).content.decode()
    assert codes[0] not in renewed
    assert client.post("/account/second-factor/off/", {"password": PASSWORD}).status_code == 303
    assert log_in(shop.bilal)[1]["Location"] == "/"


def test_an_administrator_helps_who_lost_their_authenticator(shop: Shop):
    client = browser_of(shop.bilal)
    switch_on(client, shop.bilal.id)
    admin = browser_of(shop.admin)
    assert "Second factor" in words_of(admin.get(f"/settings/people/{shop.bilal.id}/"))
    assert admin.post(f"/settings/people/{shop.bilal.id}/second-factor/off/").status_code == 303
    assert client.get("/account/").status_code == 302
    assert log_in(shop.bilal)[1]["Location"] == "/"


@pytest.mark.parametrize("who", ["asha", "bilal", "auditor"])
def test_nobody_else_does_that(shop: Shop, who: str):
    client = browser_of(getattr(shop, who))
    assert client.post(f"/settings/people/{shop.admin.id}/second-factor/off/").status_code == 403


def test_what_is_done_with_a_second_factor_is_written_down(shop: Shop):
    client = browser_of(shop.bilal)
    switch_on(client, shop.bilal.id)
    client.post("/account/second-factor/codes/", {"password": PASSWORD})
    client.post("/account/second-factor/off/", {"password": PASSWORD})
    of_bilal = AuditRecord.objects.filter(kind="user", object_id=shop.bilal.id, verb="self.second_factor")
    done = [each.changes["second_factor"][1] for each in of_bilal.order_by("id")]
    assert done == ["on", "new recovery codes", "off"]


def test_a_key_that_somebody_may_have_seen_is_not_proposed_again(shop: Shop):
    client = browser_of(shop.bilal)
    key = re.compile(r"<code>([A-Z2-7]{32})</code>")
    first, second = (key.findall(client.get("/account/second-factor/").content.decode()) for _ in range(2))
    assert first != second
    refused = client.post("/account/second-factor/", {"code": "000000"})
    assert key.findall(refused.content.decode()) == second


def test_a_session_ends_twelve_hours_after_the_log_in_however_busy_it_is(shop: Shop):
    client = browser_of(shop.bilal)
    ends = Session.objects.get().expire_date
    client.post("/store/", {"store": str(shop.pune)})
    assert Session.objects.get().expire_date == ends
    assert 11.9 < (ends - dates.now()).total_seconds() / 3600 <= 12
