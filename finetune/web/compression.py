"""Pages are sent compressed. The API is not: its answers are small, and its callers are programs near by."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

PLAIN = ("/api/", "/healthz", "/readyz", "/metrics")


class PageCompression(GZipMiddleware):
    """Django's own, which hides the length of what is compressed (BREACH), for pages alone."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_page = response.get("Content-Type", "").startswith("text/html")
        if not is_page or request.path.startswith(PLAIN):
            return response
        return super().process_response(request, response)
