"""What an operator can see, and who may see it."""

import json
import logging

import pytest
from django.test import Client

from tests import cast


@pytest.fixture
def lines(caplog):
    logger = logging.getLogger("finetune.requests")
    logger.addHandler(caplog.handler)
    caplog.set_level(logging.INFO, logger="finetune.requests")
    yield lambda: [
        json.loads(record.message) for record in caplog.records if record.name == "finetune.requests"
    ]
    logger.removeHandler(caplog.handler)


def test_the_counters_and_the_present_state_are_shown(shop):
    shop.bilal.get("/invoices/")
    text = Client().get("/metrics").content.decode()
    assert 'finetune_requests_total{method="GET",route="/api/invoices/",status="200"}' in text
    assert "finetune_database_up 1.0" in text
    assert 'finetune_last_number{series="FT-INV"}' in text
    assert "finetune_deliveries_waiting 0.0" in text


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("203.0.113.9", {}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}, 404),
    ],
)
def test_only_this_machine_reads_them(db, address, headers, status):
    assert Client(REMOTE_ADDR=address).get("/metrics", headers=headers).status_code == status


def test_or_who_holds_the_token(db, settings):
    settings.METRICS_TOKEN = "a-long-token"
    client = Client(REMOTE_ADDR="203.0.113.9")
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer a-long-token"}).status_code == 200


def test_a_line_says_who_asked_what_and_how_long_it_took(shop, lines):
    shop.bilal.get("/invoices/", **{"X-Request-Id": "seen-in-the-log"})
    (line,) = lines()
    assert (line["event"], line["route"], line["status"]) == ("request", "/api/invoices/", 200)
    assert (line["request_id"], line["user"]) == ("seen-in-the-log", shop.bilal.actor.caller.username)
    assert line["statements"] == 2
    assert "sql" not in line


def test_a_slow_request_shows_its_sql_without_what_was_sent(shop, lines, settings):
    settings.SLOW_REQUEST_MS = 0
    shop.bilal.post("/customers/", {"name": "Secret Name", "phone": "9876543210"})
    (line,) = lines()
    assert line["event"] == "slow_request"
    assert any("customers_customer" in each["sql"] for each in line["sql"])
    assert "Secret Name" not in json.dumps(line)
    assert shop.bilal.token not in json.dumps(line)


def test_log_in_writes_no_password(shop, lines, settings):
    settings.SLOW_REQUEST_MS = 0
    body = json.dumps({"username": shop.bilal.actor.caller.username, "password": cast.PASSWORD})
    Client().post("/api/auth/token/", body, content_type="application/json")
    assert cast.PASSWORD not in json.dumps(lines())


def test_a_log_that_cannot_be_written_costs_no_request(shop, tmp_path):
    from finetune.core.request_log import RequestLogFile

    (tmp_path / "file").write_text("")
    handler = RequestLogFile(tmp_path / "file" / "requests.jsonl", delay=True)
    handler.handle(logging.makeLogRecord({"msg": "a line"}))


def test_the_address_of_a_bills_page_is_not_written_down(shop, lines):
    """It is all that opens the page: whoever reads the log would hold every bill."""
    line = {"description": "Labour", "quantity": "1", "unit_price": "100.00", "gst_rate": "18"}
    bill = shop.bilal.post("/invoices/", {"booking": shop.booking(), "line_items": [line]}).data
    path = bill["public_url"].partition("/i/")[2]
    for page in ("", "verify"):
        assert Client().get(f"/i/{path}{page}").status_code == 200
    assert [each["path"] for each in lines()[-2:]] == ["/i/<token>/", "/i/<token>/verify"]
    assert path.strip("/") not in json.dumps(lines())
