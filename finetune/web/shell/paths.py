"""Where a form may lead to."""

from django.utils.http import url_has_allowed_host_and_scheme


def local_path(path: str) -> str:
    """A path on this host, or the front page: a link must not send people elsewhere."""
    is_local = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if is_local and path.isprintable() else "/"
