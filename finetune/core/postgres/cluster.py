"""PostgreSQL on the shop's own computer: made, started, stopped, and recovered after a crash."""

from __future__ import annotations

import contextlib
import hashlib
import locale
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import psycopg

from finetune.core.postgres import configuration, roles
from finetune.core.postgres.account import Account, Announce, database_account, in_silence, ourselves
from finetune.core.postgres.location import (
    SUPERUSER,
    cluster_folder,
    has_cluster,
    prepare_data_folder,
    prepare_socket_folder,
    url_for,
    write_private,
)
from finetune.core.postgres.processes import (
    command_line,
    find_postmaster,
    is_postmaster_of,
    is_there,
    postmaster_pid,
    stragglers,
)
from finetune.core.postgres.programs import Programs, find_programs, plain_environment
from finetune.core.postgres.readiness import wait_until_ready
from finetune.core.postgres.trouble import DatabaseTrouble
from finetune.core.process import die_with_parent

LOG_BYTES_MAX = 10_000_000
DYING_SECONDS_MAX = 2.0
# An orderly stop writes what is in memory; the others leave a recovery to the next start, and lose nothing.
STOPPING = ((signal.SIGINT, None), (signal.SIGQUIT, 1.0), (signal.SIGKILL, 0.5))


class Cluster:
    """The PostgreSQL of one data folder. Hold that folder's lock while using it.

    durable=False is for tests: as fast as it gets, and lost when the power goes.
    """

    def __init__(
        self,
        data: Path,
        *,
        durable: bool = True,
        environ: Mapping[str, str] | None = None,
        announce: Announce = in_silence,
    ) -> None:
        self.data = data
        self.folder = cluster_folder(data)
        self.log = data / "log" / "postgres.log"
        self.durable = durable
        self.name = f"finetune-{hashlib.sha256(os.fsencode(data)).hexdigest()[:8]}"
        self._environ = os.environ if environ is None else environ
        self._announce = announce
        self._process: subprocess.Popen[bytes] | None = None
        self._known_account: Account | None = None
        self._known_programs: Programs | None = None

    def exists(self) -> bool:
        return has_cluster(self.data)

    def prepare_folder(self) -> None:
        """Make the data folder, so that its lock can be taken."""
        prepare_data_folder(self.data, self._account())

    def bring_up(self) -> bool:
        """From whatever is in the data folder to a database that answers. True if it was made just now."""
        self.prepare_folder()
        self.stop_orphan()
        made = not self.exists()
        if made:
            self.create()
        self.start()
        self.ensure_roles_and_database()
        return made

    def create(self) -> None:
        """Make an empty cluster with checksums. Named when whole, so a crash leaves none or all of it."""
        for unfinished in self.data.glob("pg.new*"):
            shutil.rmtree(unfinished, ignore_errors=True)
        account = self._account()
        new = Path(tempfile.mkdtemp(prefix="pg.new-", dir=self.data))
        os.chown(new, account.uid, account.gid)
        command = [self._programs().path("initdb"), "-D", str(new), "-U", SUPERUSER, "-k", "-E", "UTF8"]
        command += [
            "--auth-local=peer",
            "--auth-host=reject",
            "--no-instructions",
            *_locale(self._programs().major),
        ]
        if not self.durable:
            command.append("--no-sync")
        done = subprocess.run(  # noqa: S603
            command,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            cwd="/",
            env=plain_environment(self._environ),
            umask=0o077,
            **account.process_options(),
        )
        if done.returncode != 0:
            shutil.rmtree(new, ignore_errors=True)
            raise DatabaseTrouble(
                f"A new database could not be made in {self.data}: {_last_lines(done.stderr)}"
            )
        new.rename(self.folder)
        if self.durable:
            _sync_folder(self.data)

    def start(self) -> None:
        """Start PostgreSQL and wait until it answers, however long a recovery takes."""
        self._refuse_other_major()
        socket = prepare_socket_folder(self.data, self._account())
        self._write_configuration(socket)
        self._remove_stale_pid_file()
        log = self._open_log()
        try:
            position = os.fstat(log).st_size
            self._process = subprocess.Popen(  # noqa: S603
                [self._programs().path("postgres"), "-D", str(self.folder)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=plain_environment(self._environ),
                umask=0o077,
                # Ctrl-C goes to everything of the terminal's session, and requests end before the database.
                start_new_session=True,
                preexec_fn=self._for_the_child(),  # noqa: PLW1509  # it makes one system call
                **self._account().process_options(),
            )
        finally:
            os.close(log)
        wait_until_ready(
            self._process, url_for(SUPERUSER, self.data, "postgres"), self.log, position, self._announce
        )

    def stop(self, patience: float = 4.0) -> None:
        """Stop PostgreSQL in order, or after `patience` seconds by force. Open transactions roll back."""
        process, self._process = self._process, None
        if process is None:
            self.stop_orphan(patience)
            return
        for number, seconds in STOPPING:
            process.send_signal(number)
            try:
                process.wait(patience if seconds is None else seconds)
            except subprocess.TimeoutExpired:
                continue
            return

    def is_running(self) -> bool:
        if self._process is not None:
            return self._process.poll() is None
        return find_postmaster(self.folder) is not None

    def stop_orphan(self, patience: float = 8.0) -> bool:
        """Stop a PostgreSQL that outlived who started it. Says whether there was one.

        It is stopped and not taken over: a process that is not our child cannot be watched without a race,
        and it runs with the settings of then.
        """
        pid = find_postmaster(self.folder)
        if pid is not None:
            self._announce(f"Stopping the database that an earlier run left behind (pid {pid})")
            self._end(pid, patience)
        self._end_stragglers()
        return pid is not None

    def ensure_roles_and_database(self) -> None:
        def connect(database: str) -> roles.Connection:
            return psycopg.connect(url_for(SUPERUSER, self.data, database), connect_timeout=10)

        try:
            roles.ensure_roles_and_database(connect, may_create_databases=not self.durable)
        except psycopg.Error as error:
            raise DatabaseTrouble(
                f"The database's roles could not be set up: {str(error).strip()}"
            ) from error

    def _for_the_child(self) -> Callable[[], None] | None:
        """A shop's database outlives whoever started it; that of a test run which was killed is of no more use."""
        if self.durable or sys.platform != "linux":
            return None
        return partial(die_with_parent, os.getpid(), number=signal.SIGQUIT)

    def _account(self) -> Account:
        if self._known_account is None:
            self._known_account = database_account(self.folder, self._environ, self._announce)
        return self._known_account

    def _programs(self) -> Programs:
        if self._known_programs is None:
            self._known_programs = find_programs(self._environ, self.data, self._account())
        return self._known_programs

    def _refuse_other_major(self) -> None:
        made_by = (self.folder / "PG_VERSION").read_text().strip()
        if made_by != str(self._programs().major):
            raise DatabaseTrouble(
                f"The database in {self.folder} was made by PostgreSQL {made_by}, and these programs are "
                f"version {self._programs().major}. Name the folder of PostgreSQL {made_by}'s programs in "
                "FINETUNE_PG_BIN; to change over, write a backup with the old programs and restore it into a "
                "new data folder."
            )

    def _write_configuration(self, socket: Path) -> None:
        account = self._account()
        for name, text in (
            (
                "postgresql.conf",
                configuration.postgresql_conf(socket=socket, cluster_name=self.name, durable=self.durable),
            ),
            ("pg_hba.conf", configuration.pg_hba_conf()),
            ("pg_ident.conf", configuration.pg_ident_conf([ourselves().name, account.name])),
        ):
            path = self.folder / name
            if not path.exists() or path.read_bytes() != text.encode():
                write_private(path, text, account)

    def _remove_stale_pid_file(self) -> None:
        """The number of a process keeps PostgreSQL from starting, though another program has it by now, or one that
        was killed and that nobody collects, as in a container without an init."""
        pid = postmaster_pid(self.folder)
        if pid is None:
            return
        until = time.monotonic() + DYING_SECONDS_MAX
        while is_there(pid) and not command_line(pid) and time.monotonic() < until:
            time.sleep(0.02)
        if is_there(pid) and not is_postmaster_of(pid, self.folder):
            (self.folder / "postmaster.pid").unlink(missing_ok=True)

    def _open_log(self) -> int:
        self.log.parent.mkdir(mode=0o700, exist_ok=True)
        try:
            if self.log.stat().st_size > LOG_BYTES_MAX:
                self.log.replace(self.log.with_suffix(".log.old"))
        except FileNotFoundError:
            pass
        return os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)

    def _end_stragglers(self) -> None:
        """Workers whose parent was killed: no new PostgreSQL starts while one is still at its query."""
        until = time.monotonic() + 5.0
        while (left := stragglers(self.name, self._account().uid)) and time.monotonic() < until:
            for pid in left:
                _signal(pid, signal.SIGKILL)
            time.sleep(0.05)

    def _end(self, pid: int, patience: float) -> None:
        for number, seconds in STOPPING:
            _signal(pid, number)
            until = time.monotonic() + (patience if seconds is None else seconds)
            while time.monotonic() < until:
                if not is_postmaster_of(pid, self.folder):
                    return
                time.sleep(0.02)
        raise DatabaseTrouble(
            f"The database left behind by an earlier run does not end (pid {pid}). Stop it first."
        )


def _locale(major: int) -> list[str]:
    """Sorting by code point, which no upgrade of the system changes. Letters are Unicode's: to pg_trgm
    with plain C
    a Hindi name has none."""
    letters = "C.UTF-8" if _system_knows("C.UTF-8") else "C"
    if major >= 17:
        return [
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            f"--lc-ctype={letters}",
        ]
    return ["--locale=C", f"--lc-ctype={letters}"]


def _system_knows(name: str) -> bool:
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, name)
    except locale.Error:
        return False
    locale.setlocale(locale.LC_CTYPE, before)
    return True


def _last_lines(text: str, count: int = 4) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return " / ".join(lines[-count:]) or "it gave no reason"


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
