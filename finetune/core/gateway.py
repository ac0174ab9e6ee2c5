"""Between the web server and Django: what Django leaves to chance is settled before a request exists.

- A `charset` in Content-Type chooses the codec that Django reads addresses and forms with. `hex` then raises
  outside of every middleware, `unicode_escape` makes half characters. All is UTF-8 here.
- A page takes no more than the API does, but for the addresses that take photos: Django bounds the fields of a form
  and not its files, so anybody could fill the disk.
- Without Content-Length a body sent in chunks is no body to Django, and a payment would be an empty request.
- A body that is too large is read and thrown away. Closing the door on it breaks the pipe of a client that is
  still sending, who then never hears the 413.
"""

import re
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpResponseBase
from django.utils.http import parse_header_parameters

BODY_MAX = 1024 * 1024
DISCARDED_MAX = 32 * BODY_MAX  # whoever sends more than this is cut off
PIECE = 64 * 1024


class _Whole(BytesIO):
    """A body that is here."""


def body_max(path: str) -> int:
    """How long a body this address takes."""
    return settings.UPLOAD_BYTES_MAX if settings.UPLOAD_PATHS.fullmatch(path) else BODY_MAX


class Request(WSGIRequest):
    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        try:
            self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except (ValueError, LookupError):
            self.content_type, self.content_params = "", {}


class Gateway(WSGIHandler):
    request_class = Request

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> HttpResponseBase:
        return super().__call__(with_whole_body(environ), start_response)


def with_whole_body(environ: dict[str, Any]) -> dict[str, Any]:
    """The same request with its body here. Waits for whoever sends it, and asks nobody twice."""
    stream, length = environ["wsgi.input"], environ.get("CONTENT_LENGTH") or ""
    if isinstance(stream, _Whole):
        return environ
    most = body_max(environ.get("PATH_INFO", ""))
    body = b""
    if environ.get("HTTP_TRANSFER_ENCODING") and not length:
        body = stream.read(most + 1)
        length = str(len(body))
        if len(body) > most:
            _discard(environ)
    elif (size := size_told(length)) > most:
        _discard(environ)
    elif size:
        body = stream.read(size)
    return {**environ, "CONTENT_LENGTH": length, "wsgi.input": _Whole(body)}


def size_told(length: str) -> int:
    """The Content-Length; 0 for one that is no number, which is refused later."""
    return int(length) if re.fullmatch(r"[0-9]{1,18}", length) else 0


def _discard(environ: Mapping[str, Any]) -> None:
    """Read what is left of a body. Whoever asks first whether to send it (100-continue) has sent nothing yet."""
    if "100-continue" in environ.get("HTTP_EXPECT", "").lower():
        return
    left = DISCARDED_MAX
    while left > 0 and (piece := environ["wsgi.input"].read(PIECE)):
        left -= len(piece)
