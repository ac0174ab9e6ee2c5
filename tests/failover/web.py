"""A web server as it is deployed, `finetune serve`, and the other commands on the same database."""

import subprocess
import sys
from pathlib import Path

from tests.crash.clerks import PASSWORD, Desk, furnish
from tests.ops.test_run_shop import ROOT, Shop

SECRET = "only-for-tests-" + "x" * 50
ADMIN = "admin"


class Web(Shop):
    """One of the web servers. Its address of the database is all that it knows of the machines."""

    def __init__(self, folder: Path, name: str, port: int, **environ: str) -> None:
        super().__init__(folder / name)
        self.port = port
        self.data.mkdir(exist_ok=True)
        self.told = folder / f"{name}.log"
        self.given = environ

    def environ(self, **more: str) -> dict[str, str]:
        return super().environ(
            SECRET_KEY=SECRET,
            PUBLIC_URL=f"http://127.0.0.1:{self.port}",
            REQUEST_LOG="",
            WEB_WORKERS="1",
            **self.given,
            **more,
        )

    def serve(self) -> None:
        self.process = self.command("serve")
        self.wait_until_it_answers()

    def run(self, *arguments: str, **more: str) -> str:
        """One of the other commands, to its end; what it said."""
        done = subprocess.run(
            [sys.executable, "-m", "finetune", *arguments],
            env=self.environ(**more), cwd=ROOT, capture_output=True, text=True, check=False, timeout=240,
        )  # fmt: skip
        assert done.returncode == 0, f"{arguments}: {done.stdout[-1500:]} {done.stderr[-1500:]}"
        return done.stdout

    def open_shop(self) -> Desk:
        """The release step, an administrator, and a store with a thousand cables in it."""
        self.run("migrate")
        self.run("manage", "create_admin", ADMIN, FINETUNE_ADMIN_PASSWORD=PASSWORD)
        self.serve()
        return furnish(self.port, ADMIN)

    def close(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=30)
