"""Every page that somebody can reach by following links from the menu: one address for each route."""

from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, resolve

PAGES_MAX = 120
# What is no page of ours to look at: files, the API's own description, and pages seen by strangers.
LEFT_OUT = ("/api/", "/static/", "/media/")


def route_of(path: str) -> str | None:
    if path.startswith(LEFT_OUT):
        return None
    try:
        return resolve(path).route or "/"
    except Resolver404:
        return None


def reachable(page, start: str = "/") -> Iterator[str]:
    """Addresses, each of a route that was not seen before; the caller looks at each page as it comes up."""
    waiting: list[str] = [start]
    seen: set[str] = set()
    while waiting and len(seen) < PAGES_MAX:
        address = waiting.pop(0)
        route = route_of(urlsplit(address).path)
        if route is None or route in seen:
            continue
        seen.add(route)
        answer = page.goto(address)
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        yield address
        for href in page.eval_on_selector_all(
            "a[href]:not([download])", "links => links.map(link => link.getAttribute('href'))"
        ):
            here = urlsplit(page.url)
            found = urlsplit(urljoin(page.url, href))
            if found.netloc == here.netloc:
                waiting.append(found.path + (f"?{found.query}" if found.query else ""))
