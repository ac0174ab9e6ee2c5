"""What `run` and `serve` read from the environment."""

from __future__ import annotations

import errno
import ipaddress
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass

from finetune.core import environment
from finetune.ops import machine
from finetune.ops.console import CannotRun

DEFAULT_DEMO_PASSWORD = "finetune-demo"  # noqa: S105  # public on purpose, and only ever served on loopback
# A thread keeps its connection. The embedded database has 100, and a backup or a command needs some too.
REQUESTS_AT_ONCE_MAX = 90
PORT_PATIENCE = 1.0


@dataclass(frozen=True)
class RunOptions:
    """Where to serve, and with how much."""

    host: str
    port: int
    workers: int
    threads: int
    wants_demo: bool
    demo_password: str

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> RunOptions:
        options = cls(
            host=environment.text("HOST", environ),
            port=environment.number("PORT", environ),
            workers=_workers(environ),
            threads=environment.number("WEB_THREADS", environ),
            wants_demo=environment.flag("FINETUNE_DEMO", environ),
            demo_password=environment.text("FINETUNE_DEMO_PASSWORD", environ) or DEFAULT_DEMO_PASSWORD,
        )
        if (
            not environment.is_set("DATABASE_URL", environ)
            and options.workers * options.threads > REQUESTS_AT_ONCE_MAX
        ):
            raise CannotRun(
                f"WEB_WORKERS x WEB_THREADS is {options.workers * options.threads}, and the built-in "
                f"database takes {REQUESTS_AT_ONCE_MAX} requests at once at most. Set one of the two lower."
            )
        return options

    @property
    def address(self) -> str:
        return f"http://{environment.bracketed(self.host)}:{self.port}"

    @property
    def is_local(self) -> bool:
        """Whether only this computer can reach the host: every address of the name is a loopback one."""
        return all(ipaddress.ip_address(address).is_loopback for _family, address in self._addresses())

    @property
    def ip_address(self) -> str:
        """The address behind the host's name. Granian takes no names. IPv4 where it has both."""
        return min(self._addresses())[1]

    def address_from_here(self) -> tuple[str, int]:
        """Where we ourselves reach the server: a host of all addresses is no address to call."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.ip_address, self.ip_address)  # noqa: S104
        return host, self.port

    def refuse_taken_port(self) -> None:
        """Granian shares a port with another granian without a word, so this asks first."""
        until = time.monotonic() + PORT_PATIENCE
        while (error := self._cannot_bind()) is not None:
            # A server that was killed a moment ago may not have let go yet.
            if error.errno != errno.EADDRINUSE or time.monotonic() > until:
                raise CannotRun(self._why_not(error)) from error
            time.sleep(0.1)

    def _cannot_bind(self) -> OSError | None:
        for family, address in self._addresses():
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((address, self.port))
                except OSError as error:
                    return error
        return None

    def _addresses(self) -> list[tuple[socket.AddressFamily, str]]:
        try:
            found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise CannotRun(
                f"HOST is {self.host!r}, which is no address of this computer ({error})."
            ) from error
        return [(family, str(place[0]).partition("%")[0]) for family, _, _, _, place in found]

    def _why_not(self, error: OSError) -> str:
        if error.errno == errno.EADDRINUSE:
            return (
                f"Another program uses port {self.port} on {self.host}. Choose another: PORT={self.port + 1}"
            )
        if error.errno == errno.EACCES:
            return f"This user may not use port {self.port}. Choose one of 1024 or more with PORT."
        return f"HOST {self.host} with port {self.port} cannot be used: {error.strerror}."


def _workers(environ: Mapping[str, str]) -> int:
    if environment.is_set("WEB_WORKERS", environ):
        return environment.number("WEB_WORKERS", environ)
    return machine.workers()
