"""`run`: everything a shop needs, from an empty folder to an address, and the way back."""

from __future__ import annotations

import http.client
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NoReturn

from finetune import __version__
from finetune.core import environment
from finetune.core.migrated import is_up_to_date
from finetune.core.postgres import (
    Cluster,
    DatabaseTrouble,
    DataFolderLock,
    data_folder,
    has_cluster,
    urls_of,
)
from finetune.ops import children, shop_folder
from finetune.ops.console import FAILED, OK, CannotRun, say, step
from finetune.ops.forgetting import without_secrets
from finetune.ops.run_options import DEFAULT_DEMO_PASSWORD, RunOptions
from finetune.ops.web_server import GRACE_SECONDS

# Together they stay under the ten seconds in which everything must have ended.
WEB_PATIENCE = GRACE_SECONDS + 1.0
DATABASE_PATIENCE = 2.5
WORKER_PATIENCE = 1.0
WORKER_REST = 10.0
LOOK_EVERY = 0.2
READY_PATIENCE = 60.0
# A database that ends again, or does not start, waits this long: its disk may be full.
DATABASE_REST = 5.0
DEMO_USERS = "admin, manager, advisor or auditor"


class StopRequested(BaseException):
    """SIGTERM, Ctrl-C or a closed terminal."""


class StopSignals:
    """Turns the first request to stop into StopRequested. Later ones change nothing: make passes on what the
    terminal has sent already, and an orderly end is on its way."""

    def __init__(self) -> None:
        self._stopping = False

    def listen(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        # nohup ignores the end of the terminal on purpose.
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
            signal.signal(signal.SIGHUP, self._on_signal)

    def ignore_from_now_on(self) -> None:
        self._stopping = True

    def _on_signal(self, _number: int, _frame: object) -> None:
        if not self._stopping:
            self._stopping = True
            raise StopRequested


class Watch:
    """The eye on the web server, and on the database where that is ours."""

    def __init__(self, web: subprocess.Popen[bytes], cluster: Cluster | None) -> None:
        self.web = web
        self._cluster = cluster
        self._serving = False
        self._next_start = 0.0
        self.worker: subprocess.Popen[bytes] | None = None
        self.start_worker: Callable[[], subprocess.Popen[bytes]] | None = None
        self._worker_began = 0.0

    def keep(self) -> NoReturn:
        """Until a signal comes, or the web server ends."""
        self._serving = True
        while True:
            self.look()
            time.sleep(LOOK_EVERY)

    def look(self) -> bool:
        """Start a database again that ended by itself, and say so: the web server answers 503 meanwhile.

        Raises CannotRun where the web server has ended. A database that does not come up is tried again for
        as long as we serve, since a full disk is mended while we run; before that it raises DatabaseTrouble.
        """
        if self.web.poll() is not None:
            raise CannotRun(
                f"The web server has ended by itself (status {self.web.returncode}).", status=FAILED
            )
        self._look_after_worker()
        if self._cluster is None or self._cluster.is_running() or time.monotonic() < self._next_start:
            return False
        self._next_start = time.monotonic() + DATABASE_REST
        try:
            with step("The database has ended by itself: starting it again"):
                self._cluster.bring_up()
        except (DatabaseTrouble, OSError) as error:
            if not self._serving:
                raise
            say(f"  {error}\n  Trying again every {DATABASE_REST:.0f} s; requests are answered 503.")
        return True

    def _look_after_worker(self) -> None:
        ended = self.worker is not None and self.worker.poll() is not None
        if ended and self.start_worker is not None and time.monotonic() - self._worker_began > WORKER_REST:
            say("The worker has ended by itself: starting it again.")
            self._worker_began = time.monotonic()
            self.worker = self.start_worker()


def run_shop(environ: Mapping[str, str]) -> int:
    """Run until asked to stop. Returns the exit status."""
    signals = StopSignals()
    signals.listen()
    options = RunOptions.read(environ)
    say(f"FineTune {__version__}")
    try:
        if environment.is_set("DATABASE_URL", environ):
            _run_on_a_server(options, environ, signals)
        _run_embedded(options, environ, signals)
    except StopRequested:
        say("Stopped.")
        return OK
    except OSError as error:
        # A full disk, a file system that is read only: nothing of ours to show a trace of.
        raise CannotRun(f"FineTune cannot go on: {error}", status=FAILED) from error


def _run_on_a_server(options: RunOptions, environ: Mapping[str, str], signals: StopSignals) -> NoReturn:
    if not environment.is_set("SECRET_KEY", environ):
        raise CannotRun("With DATABASE_URL, set SECRET_KEY too: 50 or more random characters, kept secret.")
    options.refuse_taken_port()
    _migrate_on_a_server(dict(environ))
    with _web(options, dict(environ), signals, None) as watch, _worker(dict(environ), watch):
        say(f"FineTune is ready at {options.address}")
        watch.keep()


def _run_embedded(options: RunOptions, environ: Mapping[str, str], signals: StopSignals) -> NoReturn:
    began = time.monotonic()
    data = data_folder(environ)
    say(f"The shop's data is in {data}")
    cluster = Cluster(data, environ=environ, announce=lambda message: say(f"  {message}"))
    _refuse_open_demo_early(options, data)
    cluster.prepare_folder()
    lock = DataFolderLock(data)
    lock.take(options.address)
    try:
        options.refuse_taken_port()
        with _database(cluster, options, signals):
            ours = shop_folder.environment_for(data, urls_of(data), environ)
            _migrate(ours)
            _load_demo(data, ours)
            _refuse_open_demo(options, data, ours)
            with _web(options, ours, signals, cluster) as watch, _worker(ours, watch):
                _say_ready(options, data, time.monotonic() - began)
                watch.keep()
    finally:
        lock.release()


@contextmanager
def _database(cluster: Cluster, options: RunOptions, signals: StopSignals) -> Iterator[None]:
    try:
        if not cluster.exists() and options.wants_demo:
            shop_folder.promise_demo(cluster.data)
        with step("Starting the database" if cluster.exists() else "Making the database (PostgreSQL)"):
            cluster.bring_up()
        yield
    finally:
        signals.ignore_from_now_on()
        was_running = cluster.is_running()
        cluster.stop(DATABASE_PATIENCE)
        if was_running:
            say("The database is stopped.")


def _migrate_on_a_server(environ: dict[str, str]) -> None:
    """Always where an owner is named: the tables may be as they should be and the user that serves not."""
    has_owner = environment.is_set("DATABASE_OWNER_URL", environ)
    if has_owner or not is_up_to_date(environment.text("DATABASE_URL", environ)):
        with step("Bringing the database up to date"):
            _bring_up_to_date(environ)


def _migrate(environ: dict[str, str]) -> None:
    """Where there is something to do: only to find out that there is not would be half of a start."""
    if is_up_to_date(environment.text("DATABASE_URL", environ)):
        return
    with step("Bringing the tables up to date"):
        _bring_up_to_date(environ)


def _bring_up_to_date(environ: dict[str, str]) -> None:
    failed = "The tables could not be brought up to date"
    children.run_command("migrate", "--verbosity=0", environ=environ, failed=failed)


def _load_demo(data: Path, environ: dict[str, str]) -> None:
    if not shop_folder.demo_is_due(data):
        return
    with step("Loading the demo shop (FINETUNE_DEMO=0 leaves it out of a new folder)"):
        children.run_command("demo", environ=environ, failed="The demo shop could not be loaded")
        shop_folder.note_demo_loaded(data)


def _refuse_open_demo_early(options: RunOptions, data: Path) -> None:
    """Before anything is made: a new demo with the known password would be open to the network."""
    fresh = not has_cluster(data) and options.wants_demo
    due = fresh or shop_folder.demo_is_due(data)
    if due and not options.is_local and options.demo_password == DEFAULT_DEMO_PASSWORD:
        raise CannotRun(_open_demo(options))


def _refuse_open_demo(options: RunOptions, data: Path, environ: dict[str, str]) -> None:
    """The demo that is loaded already: its users may have other passwords by now, so they are asked."""
    if not shop_folder.has_demo(data) or options.is_local:
        return
    asking = children.start_command("manage", "refuse_demo_password", environ=environ)
    if children.wait(asking) != 0:
        raise CannotRun(_open_demo(options))


def _open_demo(options: RunOptions) -> str:
    return (
        f"HOST is {options.host}, which others can reach, while the demo's users have the password that "
        "everyone knows. Serve on 127.0.0.1, set FINETUNE_DEMO_PASSWORD before the demo is loaded into a new "
        "folder, give those users other passwords, or leave the demo out of a new folder: "
        "FINETUNE_DEMO=0."
    )


@contextmanager
def _web(
    options: RunOptions, environ: dict[str, str], signals: StopSignals, cluster: Cluster | None
) -> Iterator[Watch]:
    watch: Watch | None = None
    try:
        with step(f"Starting the web server ({options.workers} workers of {options.threads} threads)"):
            watch = Watch(children.start_command("serve", environ=without_secrets(environ)), cluster)
            _wait_until_ready(watch, options)
        yield watch
    except StopRequested:
        say("Stopping: requests under way are finished first.")
        raise
    finally:
        signals.ignore_from_now_on()
        if watch is not None:
            children.stop(watch.web, patience=WEB_PATIENCE)
            say("The web server is stopped.")


@contextmanager
def _worker(environ: dict[str, str], watch: Watch) -> Iterator[None]:
    """The process that sends mail and webhooks. The shop goes on without it, so it is only started again."""
    watch.start_worker = partial(children.start_command, "worker", environ=without_secrets(environ))
    watch.worker = watch.start_worker()
    try:
        yield
    finally:
        if watch.worker is not None:
            children.stop(watch.worker, patience=WORKER_PATIENCE)


def _wait_until_ready(watch: Watch, options: RunOptions) -> None:
    until = time.monotonic() + READY_PATIENCE
    while (answer := _readiness(options)) != "200":
        if time.monotonic() > until:
            raise CannotRun(
                f"The web server is not ready after {READY_PATIENCE:.0f} s: {answer}.", status=FAILED
            )
        if watch.look():
            until = time.monotonic() + READY_PATIENCE
        time.sleep(0.1)


def _readiness(options: RunOptions) -> str:
    connection = http.client.HTTPConnection(*options.address_from_here(), timeout=10)
    try:
        connection.request("GET", "/readyz")
        response = connection.getresponse()
        body = response.read(500).decode(errors="replace")
        return "200" if response.status == 200 else f"/readyz answers {response.status} {body}"
    except (OSError, http.client.HTTPException) as error:
        return f"/readyz does not answer ({error})"
    finally:
        connection.close()


def _say_ready(options: RunOptions, data: Path, seconds: float) -> None:
    say(f"FineTune is ready at {options.address} after {seconds:.1f} s")
    if shop_folder.has_demo(data):
        known = options.demo_password == DEFAULT_DEMO_PASSWORD
        password = DEFAULT_DEMO_PASSWORD if known else "what FINETUNE_DEMO_PASSWORD says"
        say(f"Log in as {DEMO_USERS}; their password is {password}, unless it was changed.")
    if sys.stdin is not None and sys.stdin.isatty():
        say("Ctrl-C stops it.")
