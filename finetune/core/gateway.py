"""Between the web server and Django: what Django leaves to chance is settled before a request exists.

- A `charset` in Content-Type chooses the codec that Django reads addresses and forms with. `hex` then raises
  outside of every middleware, `unicode_escape` makes half characters. All is UTF-8 here.
- Without Content-Length a body sent in chunks is no body to Django, and a payment would be an empty request.
"""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpResponseBase
from django.utils.http import parse_header_parameters

BODY_MAX = 1024 * 1024


class Request(WSGIRequest):
    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        try:
            self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except (ValueError, LookupError):
            self.content_type, self.content_params = "", {}


class Gateway(WSGIHandler):
    request_class = Request

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> HttpResponseBase:
        if environ.get("HTTP_TRANSFER_ENCODING") and not environ.get("CONTENT_LENGTH"):
            body = environ["wsgi.input"].read(BODY_MAX + 1)
            environ = {**environ, "CONTENT_LENGTH": str(len(body)), "wsgi.input": BytesIO(body)}
        return super().__call__(environ, start_response)
