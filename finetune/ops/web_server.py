"""The web server's process: granian with the shop's pages and API."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from finetune.core import environment
from finetune.core.process import die_with_parent
from finetune.ops.run_options import RunOptions
from finetune.ops.static_folder import ensure_static

APPLICATION = "finetune.wsgi:application"
# Requests under way when the stop comes get this long.
GRACE_SECONDS = 4
# Granian counts connections here, not requests: an idle browser holds one, so a low number shuts people out.
CONNECTIONS_PER_WORKER = 512


def serve(environ: Mapping[str, str]) -> None:
    """Serve until SIGTERM or SIGINT. Requests under way are finished, new ones are refused."""
    options = RunOptions.read(environ)
    ensure_static(environ)
    # Each worker counts in files of its own; together they are what /metrics shows.
    if not environment.is_set("PROMETHEUS_MULTIPROC_DIR"):
        environment.put("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="finetune-counters-"))
    server = Granian(
        APPLICATION,
        address=options.ip_address,
        port=options.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=options.workers,
        # Begun as they are needed. One for each connection: however many wait for a body, another can be served.
        blocking_threads=CONNECTIONS_PER_WORKER,
        blocking_threads_idle_timeout=60,
        backpressure=CONNECTIONS_PER_WORKER,
        workers_kill_timeout=GRACE_SECONDS,
        respawn_failed_workers=True,
        respawn_interval=0.1,
        # It warns of more threads than cores, which is right for threads that wait for a database.
        log_level=LogLevels.error,
        log_access=False,
    )
    load_once(APPLICATION)
    try:
        server.serve(target_loader=partial(load, os.getpid(), options.threads))
    finally:
        shutil.rmtree(environment.text("PROMETHEUS_MULTIPROC_DIR"), ignore_errors=True)


def load_once(target: str) -> None:
    """The application with all that its first request would load, here in the server: the workers are forks of it,
    so that the work is done once and most of the memory is shared. No thread and no database connection is begun."""
    gc.disable()
    application_of(target)
    import_module("finetune.urls")
    # What lives for ever is not looked through again, which would also write to its pages and so unshare them.
    gc.freeze()
    gc.enable()


def application_of(target: str) -> Callable[..., Any]:
    module, _, name = target.partition(":")
    application: Callable[..., Any] = getattr(import_module(module), name)
    return application


def load(server_pid: int, seats: int, target: str) -> Callable[..., Any]:
    """The application, in a worker. One left over would go on answering on the port of the next server."""
    die_with_parent(server_pid)
    # Imported here, since it asks for Django's settings.
    from finetune.core.seats import Seats

    return Seats(application_of(target), count=seats)
