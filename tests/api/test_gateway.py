"""What stands between the web server and Django: charsets, bodies in chunks, bodies that are too large."""

import io
from typing import Any
from urllib.parse import quote

import pytest
from django.core.signals import request_started
from django.db import close_old_connections

from finetune.core.gateway import DISCARDED_MAX, Gateway

LOG_IN: dict[str, Any] = {
    "REQUEST_METHOD": "POST",
    "PATH_INFO": "/api/auth/token/",
    "CONTENT_TYPE": "application/json",
}


def through_the_gateway(*, through: int = 0, **environ: Any) -> int:
    """A request as the web server hands it over, with what the test client would not send. `through` is how far
    its body must have been read, unless it ends before."""
    statuses: list[str] = []
    body = environ.pop("body", "")
    stream = io.BytesIO(body.encode())
    given = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/api/openapi.json",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "HTTP_HOST": "localhost",
        "wsgi.input": stream,
        "wsgi.url_scheme": "http",
        **environ,
    }
    request_started.disconnect(close_old_connections)  # the test's own transaction is in this connection
    try:
        Gateway()(given, lambda status, headers, *rest: statuses.append(status))
    finally:
        request_started.connect(close_old_connections)
    assert not through or stream.tell() == min(len(body), through)
    return int(statuses[0][:3])


@pytest.mark.parametrize("charset", ["hex", "utf-16", "unicode_escape", "nonsense", "idna", "\x00", "utf-8"])
def test_a_charset_chooses_nothing(db: None, charset: str):
    query = quote("q=\\ud800") + "&" + quote("é")
    kind = f"application/json; charset={charset}"
    assert through_the_gateway(CONTENT_TYPE=kind, QUERY_STRING=query) == 200
    rfc2231 = f"application/json; charset*={charset}''%ff"
    assert through_the_gateway(CONTENT_TYPE=rfc2231, QUERY_STRING=query) == 200


def test_a_body_in_chunks_is_read(db: None):
    body = '{"username": "nobody", "password": "nothing"}'
    assert through_the_gateway(**LOG_IN, HTTP_TRANSFER_ENCODING="chunked", body=body) == 401
    assert through_the_gateway(**LOG_IN, HTTP_TRANSFER_ENCODING="chunked", body=" " * 2**21) == 413


@pytest.mark.parametrize("path", ["/api/auth/token/", "/api/invoices/", "/nowhere/"])
@pytest.mark.parametrize("is_chunked", [False, True])
def test_a_body_that_is_too_large_is_read_to_its_end(db: None, path: str, is_chunked: bool):
    """Otherwise the connection breaks while the client still sends, and it never hears why."""
    body = " " * (3 * 2**20)
    framing: dict[str, Any] = (
        {"HTTP_TRANSFER_ENCODING": "chunked"} if is_chunked else {"CONTENT_LENGTH": str(len(body))}
    )
    right = {"/api/auth/token/": 413, "/api/invoices/": 401, "/nowhere/": 413}[path]
    assert (
        through_the_gateway(**LOG_IN | framing | {"PATH_INFO": path}, body=body, through=len(body)) == right
    )


def test_a_body_without_end_is_not(db: None):
    body = " " * (DISCARDED_MAX + 2**20)
    assert through_the_gateway(**LOG_IN, body=body, CONTENT_LENGTH=str(2**40), through=DISCARDED_MAX) == 413


def test_a_body_that_waits_to_be_asked_for_is_not_asked_for(db: None):
    length = {"CONTENT_LENGTH": str(3 * 2**20), "HTTP_EXPECT": "100-continue"}
    assert through_the_gateway(**LOG_IN | length, body="") == 413
