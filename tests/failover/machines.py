"""Three machines on loopback, each with etcd, Patroni and PostgreSQL from the very files of deploy/ha."""

import json
import os
import re
import runpy
import secrets
import shutil
import signal
import ssl
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

from tests.crash.conftest import descendants, kill
from tests.failover import programs

RECIPES = Path(__file__).resolve().parents[2] / "deploy" / "ha"
NAMES = ("pg1", "pg2", "pg3")
# Loopback has sixteen million addresses: each machine has one of its own, and all the same ports.
ADDRESSES = {name: f"127.86.0.{number}" for number, name in enumerate(NAMES, 1)}
PORTS = {
    "POSTGRES_PORT": "5561",
    "ETCD_PORT": "2361",
    "ETCD_PEER_PORT": "2362",
    "PATRONI_PORT": "5562",
    "POOLER_PORT": "5563",
    "PRIMARY_PORT": "5564",
}
SECRETS = (
    *("SUPERUSER_PASSWORD", "REPLICATION_PASSWORD", "REWIND_PASSWORD", "PATRONI_PASSWORD"),
    *("OWNER_PASSWORD", "APP_PASSWORD", "POOLER_PASSWORD"),
)
PATIENCE = 120.0


def until(true: Callable[[], Any], what: str, patience: float = PATIENCE, every: float = 0.1) -> float:
    """Seconds that it took."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < patience, f"after {patience:.0f} s still not: {what}"
        time.sleep(every)
    return time.monotonic() - began


class Settings:
    """cluster.env with values of its own: the same passwords everywhere, folders by machine."""

    def __init__(self, folder: Path, **given: str) -> None:
        self.folder = folder
        self.postgres = programs.postgres_programs(folder)
        self.has_tls = programs.speaks_tls(self.postgres)
        self.known = {
            **{name: secrets.token_hex(24) for name in SECRETS},
            **PORTS,
            **{f"ADDRESS_{number}": ADDRESSES[name] for number, name in enumerate(NAMES, 1)},
            "NETWORK": "127.0.0.0/8",
            "POSTGRES_BIN": str(self.postgres),
            "DATABASE_TLS": "on" if self.has_tls else "off",
            "POOLER_TO_HOST": "127.0.0.1",
            "POOLER_TO_PORT": PORTS["PRIMARY_PORT"],
            **given,
        }

    def fill(self, machine: str) -> Path:
        """What an administrator does: the values over those of the example, fill.py, and the certificates."""
        home = self.folder / machine
        config = home / "config"
        for each in (home, home / "etcd", home / "socket"):
            each.mkdir(mode=0o700, exist_ok=True)
        own = {
            "CONFIG": str(config),
            "POSTGRES_DATA": str(home / "postgres"),
            "POSTGRES_SOCKET": str(home / "socket"),
            "ETCD_DATA": str(home / "etcd"),
        }
        values = self.known | own
        lines = (RECIPES / "cluster.env").read_text().splitlines()
        named = [line.split("=", 1)[0] for line in lines if "=" in line and not line.startswith("#")]
        kept = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
        env = home / "cluster.env"
        env.write_text("".join(f"{name}={values.get(name, kept[name])}\n" for name in named))
        recipe = runpy.run_path(str(RECIPES / "fill.py"))
        recipe["fill"](recipe["read"](env), machine, config)
        for name in ("ca.crt", f"{machine}.crt", f"{machine}.key"):
            if (self.folder / "certificates" / name).exists():
                shutil.copy(self.folder / "certificates" / name, config / name)
                (config / name).chmod(0o600)
        give_to_account(home)
        return config

    def make_certificates(self) -> None:
        openssl = programs.program("openssl", "openssl")
        pairs = [f"{name}={address}" for name, address in ADDRESSES.items()]
        script = [str(RECIPES / "certificates.sh"), str(self.folder / "certificates"), *pairs]
        subprocess.run(
            ["/bin/sh", *script], env={"PATH": f"{Path(openssl).parent}:/usr/bin:/bin"}, check=True,
            capture_output=True,
        )  # fmt: skip

    def url(self, user: str, password: str, *hosts: str, **more: str) -> str:
        """The address of the page: every node, whoever of them is written to."""
        hosts = hosts or tuple(ADDRESSES.values())
        port = PORTS["POSTGRES_PORT"]
        given = {"connect_timeout": "2", **more}
        if len(hosts) > 1:
            given = {"target_session_attrs": "read-write", **given}
        if self.has_tls:
            given |= {
                "sslmode": "verify-full",
                "sslrootcert": str(self.folder / "certificates" / "ca.crt"),
            }
        query = "&".join(f"{name}={value}" for name, value in given.items())
        places = ",".join(f"{host}:{port}" for host in hosts)
        return f"postgresql://{user}:{self.known[password]}@{places}/finetune?{query}"

    @property
    def app_url(self) -> str:
        return self.url("finetune_app", "APP_PASSWORD")

    @property
    def owner_url(self) -> str:
        return self.url("finetune_owner", "OWNER_PASSWORD")


class Machine:
    """One of the three, with everything that runs on it."""

    def __init__(self, name: str, settings: Settings) -> None:
        self.name, self.settings = name, settings
        self.address = ADDRESSES[name]
        self.home = settings.folder / name
        self.config = self.home / "config"
        self.etcd: subprocess.Popen[bytes] | None = None
        self.patroni: subprocess.Popen[bytes] | None = None

    def start_etcd(self) -> None:
        etcd = programs.program("etcd", "etcd-server")
        self.etcd = self._start([etcd, "--config-file", str(self.config / "etcd.yml")], "etcd.log", {})

    def start_patroni(self, python: tuple[str, dict[str, str]]) -> None:
        command = [python[0], "-m", "patroni", str(self.config / "patroni.yml")]
        self.patroni = self._start(command, "patroni.log", python[1])

    def _start(self, command: list[str], log: str, more: dict[str, str]) -> subprocess.Popen[bytes]:
        return start(command, self.home / log, more)

    def postmaster(self) -> int | None:
        try:
            return int((self.home / "postgres" / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return None

    def postgres_pids(self) -> list[int]:
        pid = self.postmaster()
        return [pid, *descendants(pid)] if pid is not None and Path(f"/proc/{pid}").exists() else []

    def cut_off_the_standbys(self) -> None:
        """What is written from now on stays on this machine, and is acknowledged to nobody: its end parts from the
        others' history, which is what pg_rewind is for."""
        senders = self.ask("SELECT array_agg(pid) FROM pg_stat_activity WHERE backend_type = 'walsender'")
        for pid in senders:
            os.kill(pid, signal.SIGSTOP)

    def kill_postgres(self) -> float:
        """Its postmaster and every process of it, at once. The moment after."""
        kill(*self.postgres_pids())
        return time.monotonic()

    def kill_all(self) -> float:
        """As if the plug was pulled: PostgreSQL, Patroni and etcd. The moment after."""
        pids = [process.pid for process in (self.patroni, self.etcd) if process is not None]
        kill(*pids, *self.postgres_pids())
        moment = time.monotonic()
        for process in (self.patroni, self.etcd):
            if process is not None:
                process.wait()
        self.patroni = self.etcd = None
        return moment

    def told(self, log: str = "patroni.log") -> str:
        with suppress(FileNotFoundError):
            return (self.home / log).read_text(errors="replace")
        return ""

    def ask(self, sql: str, database: str = "postgres") -> Any:
        """One value, as the superuser, from this machine itself."""
        url = f"host={self.home / 'socket'} port={PORTS['POSTGRES_PORT']} user=postgres dbname={database}"
        password = self.settings.known["SUPERUSER_PASSWORD"]
        with psycopg.connect(url, password=password, connect_timeout=5, autocommit=True) as connection:
            row = connection.execute(sql).fetchone()
            return None if row is None else row[0]

    def patroni_says(self, path: str) -> Any:
        """What its Patroni answers. Health is told to anybody who trusts the certificate."""
        trusted = ssl.create_default_context(cafile=str(self.settings.folder / "certificates" / "ca.crt"))
        address = f"https://{self.address}:{PORTS['PATRONI_PORT']}{path}"
        with urllib.request.urlopen(address, timeout=5, context=trusted) as answer:
            return json.loads(answer.read())

    def is_primary(self) -> bool:
        try:
            return self.ask("SELECT pg_is_in_recovery()") is False
        except psycopg.Error:
            return False

    def is_streaming_standby(self) -> bool:
        try:
            return bool(
                self.ask(
                    "SELECT pg_is_in_recovery() AND EXISTS "
                    "(SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming')"
                )
            )
        except psycopg.Error:
            return False


class Cluster:
    """The machines together."""

    def __init__(self, settings: Settings, python: tuple[str, dict[str, str]]) -> None:
        self.settings, self.python = settings, python
        self.machines = [Machine(name, settings) for name in NAMES]

    def bring_up(self) -> None:
        self.settings.make_certificates()
        for machine in self.machines:
            self.settings.fill(machine.name)
        for machine in self.machines:
            machine.start_etcd()
        for machine in self.machines:
            machine.start_patroni(self.python)
        until(lambda: self.primary() is not None, "a primary is there")
        until(self.is_whole, "two standbys stream, and commits wait for one of them")

    def primary(self) -> Machine | None:
        """The one that is written to: a machine just promoted may answer before its Patroni says so."""
        return next((each for each in self.machines if each.is_primary()), None)

    def standbys(self) -> list[Machine]:
        return [each for each in self.machines if each.is_streaming_standby()]

    def etcd_leader(self) -> Machine:
        """By what they wrote down: who became it in the latest term."""
        terms = {
            max(
                (int(term) for term in re.findall(r"became leader at term (\d+)", each.told("etcd.log"))),
                default=0,
            ): each
            for each in self.machines
        }
        return terms[max(terms)]

    def is_whole(self) -> bool:
        """Two standbys stream, and Patroni has written down that either may take over. Until it has, nobody does."""
        primary = self.primary()
        if primary is None:
            return False
        with suppress(OSError, ValueError):
            members = primary.patroni_says("/cluster")["members"]
            ready = [
                each for each in members if (each["role"], each["state"]) == ("quorum_standby", "streaming")
            ]
            return len(ready) == 2
        return False

    def make_database(self) -> None:
        """roles.sql by psql on the primary, as the page says."""
        primary = self.primary()
        assert primary is not None
        place = f"host={primary.home / 'socket'} port={PORTS['POSTGRES_PORT']} user=postgres dbname=postgres"
        done = subprocess.run(
            [str(self.settings.postgres / "psql"), place, "-v", "ON_ERROR_STOP=1", "-qf", primary.config / "roles.sql"],
            env={"PGPASSWORD": self.settings.known["SUPERUSER_PASSWORD"], "PATH": "/usr/bin:/bin"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    def patronictl(self, machine: Machine, *arguments: str) -> str:
        """Patroni's own command, with a node's settings file."""
        ctl = [self.python[0], "-c", "from patroni.ctl import ctl; ctl()"]
        command = [*ctl, "-c", str(machine.config / "patroni.yml"), *arguments]
        done: subprocess.CompletedProcess[str] = subprocess.run(
            command, env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": "/", **self.python[1]}, cwd="/",
            capture_output=True, text=True, check=False, **programs.account().process_options(),
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def shut_down(self) -> None:
        for machine in self.machines:
            if machine.patroni is not None:
                machine.patroni.send_signal(signal.SIGTERM)
        for machine in self.machines:
            if machine.patroni is not None:
                with suppress(subprocess.TimeoutExpired):
                    machine.patroni.wait(20)
            machine.kill_all()


def start(command: list[str], log: Path, more: dict[str, str]) -> subprocess.Popen[bytes]:
    """As the database's user, in a session of its own, with nothing of our environment."""
    with log.open("ab") as told:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=told,
            stderr=told,
            cwd="/",
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": "/", **more},
            umask=0o077,
            start_new_session=True,
            **programs.account().process_options(),
        )


def give_to_account(folder: Path) -> None:
    owner = programs.account()
    if owner.is_us:
        return
    for each in (folder, *folder.rglob("*")):
        os.chown(each, owner.uid, owner.gid)


@contextmanager
def cluster_in(folder: Path) -> Iterator[Cluster]:
    """Three machines that run, and end with the block. What they told is shown where they did not come up."""
    cluster = Cluster(Settings(folder), programs.python_with_patroni(folder))
    try:
        cluster.bring_up()
        cluster.make_database()
        yield cluster
    except BaseException:
        for machine in cluster.machines:
            print(f"--- {machine.name}\n{machine.told()[-3000:]}\n{machine.told('etcd.log')[-800:]}")
        raise
    finally:
        cluster.shut_down()
