"""Enough of systemd to start our units by hand: it reads a unit as systemd does, and runs what stands in ExecStart.

Started as `systemctl`, it is what the scripts of deploy/ call; FINETUNE_ROOT is where they have put everything.
"""

import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

STOP_SECONDS = 20
PRECONDITION_FAILED = 1


class Unit:
    def __init__(self, root: Path, name: str) -> None:
        self.root, self.name = root, name
        self.lines: list[tuple[str, str]] = []
        for line in (root / "etc/systemd/system" / name).read_text(encoding="utf-8").splitlines():
            key, found, value = line.partition("=")
            if found and not line.startswith("#"):
                self.lines.append((key, self._moved(value)))

    def _moved(self, value: str) -> str:
        """Absolute paths of the shop lie under the root of the test."""
        for folder in ("/opt/finetune", "/etc/finetune", "/var/lib/finetune", "/var/backups", "/mnt/"):
            value = value.replace(folder, f"{self.root}{folder}")
        return value

    def all(self, key: str) -> list[str]:
        return [value for name, value in self.lines if name == key]

    def environment(self) -> dict[str, str]:
        values = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
        for key, value in self.lines:
            if key == "EnvironmentFile":
                text = Path(value).read_text(encoding="utf-8")
                lines = [line for line in text.splitlines() if "=" in line and not line.startswith("#")]
                values |= dict(line.split("=", 1) for line in lines)
            elif key == "Environment":
                name, _, content = value.partition("=")
                values[name] = content
        # Of a real machine only the path differs.
        return {
            name: self._moved(value) if value.startswith("/var/lib") else value
            for name, value in values.items()
        }

    def command(self) -> list[str]:
        (line,) = self.all("ExecStart")
        return shlex.split(line)

    @property
    def pid_file(self) -> Path:
        return self.root / f"{self.name}.pid"

    def run(self) -> int:
        before = [shlex.split(line) for line in self.all("ExecStartPre")]
        if any(subprocess.run(each, check=False, timeout=60).returncode for each in before):
            return PRECONDITION_FAILED
        log = self.root / f"{self.name}.log"
        with log.open("ab") as file:
            return subprocess.run(
                self.command(), check=False, env=self.environment(), cwd="/", stdout=file, stderr=file
            ).returncode

    def start(self) -> None:
        log = self.root / f"{self.name}.log"
        with log.open("ab") as file:
            child = subprocess.Popen(
                self.command(),
                env=self.environment(),
                cwd="/",
                stdout=file,
                stderr=file,
                start_new_session=True,
            )
        self.pid_file.write_text(str(child.pid))

    def stop(self) -> None:
        """SIGTERM to the main process; what does not end in time is killed."""
        if not self.pid_file.exists():
            return
        pid = int(self.pid_file.read_text())
        self.pid_file.unlink()
        try:
            os.kill(pid, signal.SIGTERM)
            until = time.monotonic() + STOP_SECONDS
            while time.monotonic() < until:
                if _has_ended(pid):
                    return
                time.sleep(0.05)
            os.killpg(pid, signal.SIGKILL)
        except ProcessLookupError:
            return


def _has_ended(pid: int) -> bool:
    """Also where nobody has asked for its status yet."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return True
    return stat.rpartition(")")[2].split()[0] == "Z"


def systemctl(arguments: list[str], root: Path) -> int:
    words = [word for word in arguments if not word.startswith("--")]
    verb, names = words[0], words[1:]
    with (root / "systemctl.log").open("a", encoding="utf-8") as log:
        log.write(" ".join(arguments) + "\n")
    if verb in ("daemon-reload", "enable", "reload-or-restart"):
        return 0
    for name in names:
        unit = Unit(root, name)
        if verb == "start" and unit.all("Type") == ["oneshot"]:
            return unit.run()
        if verb in ("stop", "restart"):
            unit.stop()
        if verb in ("start", "restart"):
            unit.start()
    return 0


if __name__ == "__main__":
    sys.exit(systemctl(sys.argv[1:], Path(os.environ["FINETUNE_ROOT"])))
