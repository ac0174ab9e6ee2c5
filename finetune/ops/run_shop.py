"""`run`: everything a shop needs, from an empty folder to an address, and the way back."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from finetune import __version__
from finetune.core.postgres import (
    Cluster,
    DatabaseTrouble,
    DataFolderLock,
    cluster_folder,
    data_folder,
    urls_of,
)
from finetune.ops import children, shop_folder
from finetune.ops.console import FAILED, OK, CannotRun, say, step
from finetune.ops.run_options import DEFAULT_DEMO_PASSWORD, RunOptions
from finetune.ops.web_server import GRACE_SECONDS

# Together they stay under the ten seconds in which everything must have ended.
WEB_PATIENCE = GRACE_SECONDS + 1.0
DATABASE_PATIENCE = 2.5
LOOK_EVERY = 0.2
READY_PATIENCE = 60.0
DATABASE_DEATHS_MAX = 3
DATABASE_DEATHS_WITHIN = 60.0
DEMO_USERS = "admin, manager, advisor or auditor"


class StopRequested(BaseException):
    """SIGTERM, Ctrl-C or a closed terminal."""


class StopSignals:
    """Turns the first request to stop into StopRequested. Later ones change nothing: make passes on what the
    terminal has sent already, and an orderly end is on its way."""

    def __init__(self) -> None:
        self._stopping = False

    def listen(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def ignore_from_now_on(self) -> None:
        self._stopping = True

    def _on_signal(self, _number: int, _frame: object) -> None:
        if not self._stopping:
            self._stopping = True
            raise StopRequested


def run_shop(environ: Mapping[str, str]) -> int:
    """Run until asked to stop. Returns the exit status."""
    signals = StopSignals()
    signals.listen()
    options = RunOptions.read(environ)
    say(f"FineTune {__version__}")
    try:
        if environ.get("DATABASE_URL"):
            return _run_on_a_server(options, environ, signals)
        return _run_embedded(options, environ, signals)
    except StopRequested:
        say("Stopped.")
        return OK


def _run_on_a_server(options: RunOptions, environ: Mapping[str, str], signals: StopSignals) -> int:
    if not environ.get("SECRET_KEY"):
        raise CannotRun("With DATABASE_URL, set SECRET_KEY too: 50 or more random characters, kept secret.")
    options.refuse_taken_port()
    _migrate(dict(environ))
    with _web(options, dict(environ), signals) as web:
        say(f"FineTune is ready at {options.address}")
        return _watch(web, None)


def _run_embedded(options: RunOptions, environ: Mapping[str, str], signals: StopSignals) -> int:
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
            environment = shop_folder.environment_for(data, urls_of(data), environ)
            _migrate(environment)
            _load_demo(data, environment)
            _refuse_open_demo(options, data, environment)
            with _web(options, environment, signals) as web:
                _say_ready(options, data, time.monotonic() - began)
                return _watch(web, cluster)
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
        cluster.stop(DATABASE_PATIENCE)
        say("The database is stopped.")


def _migrate(environment: dict[str, str]) -> None:
    with step("Bringing the tables up to date"):
        children.run_command(
            "migrate",
            "--verbosity=0",
            environ=environment,
            failed="The tables could not be brought up to date",
        )


def _load_demo(data: Path, environment: dict[str, str]) -> None:
    if not shop_folder.demo_is_due(data):
        return
    with step("Loading the demo shop (FINETUNE_DEMO=0 leaves it out of a new folder)"):
        children.run_command("demo", environ=environment, failed="The demo shop could not be loaded")
        shop_folder.note_demo_loaded(data)


def _refuse_open_demo_early(options: RunOptions, data: Path) -> None:
    """Before anything is made: a new demo with the password that everyone knows would be open to the
    network."""
    fresh = options.wants_demo and not (cluster_folder(data) / "PG_VERSION").exists()
    due = fresh or shop_folder.demo_is_due(data)
    if due and not options.is_local and options.demo_password == DEFAULT_DEMO_PASSWORD:
        raise CannotRun(_open_demo(options))


def _refuse_open_demo(options: RunOptions, data: Path, environment: dict[str, str]) -> None:
    if shop_folder.has_demo(data) and not options.is_local:
        children.run_command(
            "manage", "refuse_demo_password", environ=environment, failed=_open_demo(options)
        )


def _open_demo(options: RunOptions) -> str:
    return (
        f"HOST is {options.host}, which others can reach, while the demo's users have the password that "
        "everyone "
        "knows. Serve on 127.0.0.1, set FINETUNE_DEMO_PASSWORD before the demo is loaded into a new folder, "
        "give "
        "those users other passwords, or leave the demo out of a new folder with FINETUNE_DEMO=0."
    )


@contextmanager
def _web(
    options: RunOptions, environment: dict[str, str], signals: StopSignals
) -> Iterator[subprocess.Popen[bytes]]:
    web: subprocess.Popen[bytes] | None = None
    try:
        with step(f"Starting the web server ({options.workers} workers of {options.threads} threads)"):
            web = children.start_command("serve", environ=environment)
            _wait_until_ready(web, options)
        yield web
    except StopRequested:
        say("Stopping: requests under way are finished first.")
        raise
    finally:
        signals.ignore_from_now_on()
        if web is not None:
            children.stop(web, patience=WEB_PATIENCE)
            say("The web server is stopped.")


def _wait_until_ready(web: subprocess.Popen[bytes], options: RunOptions) -> None:
    until = time.monotonic() + READY_PATIENCE
    while (answer := _readiness(options)) != "200":
        if web.poll() is not None:
            raise CannotRun(
                f"The web server ended at once (status {web.returncode}), see above.", status=FAILED
            )
        if time.monotonic() > until:
            raise CannotRun(
                f"The web server is not ready after {READY_PATIENCE:.0f} s: {answer}.", status=FAILED
            )
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


def _watch(web: subprocess.Popen[bytes], cluster: Cluster | None) -> int:
    """Until a signal comes, or the web server ends by itself. A database that ends is started again
    meanwhile the
    web server answers 503."""
    deaths: list[float] = []
    while web.poll() is None:
        if cluster is not None and not cluster.is_running():
            now = time.monotonic()
            deaths = [death for death in deaths if now - death < DATABASE_DEATHS_WITHIN] + [now]
            if len(deaths) > DATABASE_DEATHS_MAX:
                raise DatabaseTrouble(
                    f"The database ended {len(deaths)} times in a minute, see {cluster.log}."
                )
            with step("The database has ended by itself: starting it again"):
                cluster.bring_up()
        time.sleep(LOOK_EVERY)
    raise CannotRun(f"The web server has ended by itself (status {web.returncode}).", status=FAILED)


def _say_ready(options: RunOptions, data: Path, seconds: float) -> None:
    say(f"FineTune is ready at {options.address} after {seconds:.1f} s")
    if shop_folder.has_demo(data):
        known = options.demo_password == DEFAULT_DEMO_PASSWORD
        password = DEFAULT_DEMO_PASSWORD if known else "of FINETUNE_DEMO_PASSWORD"
        say(f"Log in as {DEMO_USERS}; the demo's password is {password} unless it was changed.")
    if sys.stdin is not None and os.isatty(0):
        say("Ctrl-C stops it.")
