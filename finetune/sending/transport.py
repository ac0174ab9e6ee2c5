"""Posting to an address outside: resolved once, held to that address, never redirected, never inside."""

import http.client
import socket
import ssl
import threading
from contextlib import suppress
from urllib.parse import urlsplit

from finetune.sending.rules import is_reachable

TIMEOUT_SECONDS = 10.0  # of each step
WHOLE_SECONDS = 30.0  # of all of them: one who answers a byte at a time must not keep the queue waiting
ANSWER_MAX = 2048


class NotSent(Exception):
    """Why a message did not arrive, in words for the delivery log, with what the receiver answered if he did."""

    def __init__(self, why: str, *, status: int | None = None) -> None:
        super().__init__(why)
        self.status = status


def post(url: str, body: bytes, headers: dict[str, str], *, allow_private: bool) -> int:
    """POST and answer the status. Any status from 200 to 299 is a delivery; a redirect is not followed."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    address = _address_of(host, port, allow_private=allow_private)
    connection = _Pinned(host, port, address, secure=secure)
    path = parts.path or "/"
    deadline = threading.Timer(WHOLE_SECONDS, connection.cut_off)
    deadline.start()
    try:
        connection.request("POST", f"{path}?{parts.query}" if parts.query else path, body, headers)
        answer = connection.getresponse()
        answer.read(ANSWER_MAX)
    except (OSError, http.client.HTTPException) as error:
        raise NotSent(f"{type(error).__name__}: {error}"[:300]) from error
    finally:
        deadline.cancel()
        connection.close()
    return answer.status


def _address_of(host: str, port: int, *, allow_private: bool) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotSent(f"The name {host} is not known.") from error
    addresses = [str(each[4][0]) for each in found]
    # All of them must be outside: a name with one inside would be a way in on the next try.
    if not allow_private and not all(is_reachable(each.split("%")[0]) for each in addresses):
        raise NotSent("The address lies inside a private network, where nothing is sent.")
    return addresses[0]


class _Pinned(http.client.HTTPConnection):
    """Connects to the address that was checked, under the name that was asked for."""

    def __init__(self, host: str, port: int, address: str, *, secure: bool) -> None:
        super().__init__(host, port, timeout=TIMEOUT_SECONDS)
        self._address, self._secure = address, secure

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._secure:
            context = ssl.create_default_context()
            # In two steps, so that `cut_off` also ends a handshake.
            self.sock = secured = context.wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
            secured.do_handshake()

    def cut_off(self) -> None:
        """From another thread: whoever reads or writes comes to the end of the connection at once."""
        if self.sock is not None:
            with suppress(OSError):
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)
