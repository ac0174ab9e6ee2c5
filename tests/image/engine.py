"""Images and containers without a Docker engine, in a store of the test's own that ends with it."""

import json
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ("debootstrap", "buildah", "podman", "runc")
BASE = "localhost/finetune-test-base:latest"
IMAGE = "localhost/finetune-test:latest"
# What the documentation asks of whoever runs it.
CONFINED = ("--read-only", "--cap-drop=all", "--security-opt=no-new-privileges", "--tmpfs=/tmp:size=64m")
HERE = (
    *("--runtime=runc", "--network=host", "--no-healthcheck", "--read-only-tmpfs=false"),
    *("--ulimit=nofile=1024:1024", "--ulimit=nproc=1024:1024"),
)
NUMBERS = count(1)


class Engine:
    """Builds with buildah and runs with podman and runc."""

    def __init__(self, folder: Path) -> None:
        store = [f"--root={folder / 'store'}", f"--runroot={folder / 'run'}", "--storage-driver=overlay"]
        self.folder = folder
        self.podman = ["podman", *store, "--cgroup-manager=cgroupfs"]
        self.buildah = ["buildah", *store]

    def take_base(self, archive: Path) -> None:
        run([*self.podman, "import", "--quiet", str(archive), BASE])

    def build(self, *options: str) -> None:
        how = ["--pull=never", "--isolation=chroot", "--format=docker", f"--build-arg=PYTHON_IMAGE={BASE}"]
        run([*self.buildah, "bud", *how, *options, f"--tag={IMAGE}", str(ROOT)])

    def inspect(self, image: str) -> dict[str, Any]:
        found: list[dict[str, Any]] = json.loads(run([*self.podman, "image", "inspect", image]).stdout)
        return found[0]

    def command(self, *words: str, env: Mapping[str, str], options: tuple[str, ...] = ()) -> list[str]:
        """The image with these words, confined, with nothing of our own environment."""
        file = self.folder / f"environment-{next(NUMBERS)}"
        file.write_text("".join(f"{name}={value}\n" for name, value in env.items()))
        start = [*self.podman, "run", "--rm", *HERE, *CONFINED, f"--env-file={file}", *options]
        return [*start, IMAGE, *words]

    def run(
        self, *words: str, env: Mapping[str, str], options: tuple[str, ...] = ()
    ) -> subprocess.CompletedProcess[str]:
        return run(self.command(*words, env=env, options=options), check=False)

    def shell(self, script: str, env: Mapping[str, str] | None = None) -> str:
        return run(self.command("-c", script, env=env or {}, options=("--entrypoint=sh",))).stdout

    @contextmanager
    def running(
        self, *words: str, env: Mapping[str, str], options: tuple[str, ...] = ()
    ) -> Iterator["Container"]:
        name = f"finetune-test-{next(NUMBERS)}"
        log = (self.folder / f"{name}.log").open("w+")
        command = self.command(*words, env=env, options=(f"--name={name}", *options))
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        container = Container(self, name, process, Path(log.name))
        try:
            yield container
        finally:
            if process.poll() is None:
                subprocess.run(
                    [*self.podman, "kill", "--signal=KILL", name], capture_output=True, check=False
                )
            process.wait(timeout=30)
            log.close()

    def clear(self) -> None:
        subprocess.run([*self.podman, "rm", "--force", "--all"], capture_output=True, check=False)
        subprocess.run(["umount", str(self.folder / "store" / "overlay")], capture_output=True, check=False)


class Container:
    """One that runs in the foreground of a process of ours: its status is that process's."""

    def __init__(self, engine: Engine, name: str, process: subprocess.Popen[bytes], log: Path) -> None:
        self.engine, self.name, self.process, self.log = engine, name, process, log

    def exec(self, *words: str) -> subprocess.CompletedProcess[str]:
        return run([*self.engine.podman, "exec", self.name, *words], check=False)

    def ask_to_stop(self) -> None:
        run([*self.engine.podman, "kill", "--signal=TERM", self.name])

    def wait_until(self, true: Callable[[], Any], patience: float = 40.0) -> None:
        until = time.monotonic() + patience
        while not true():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < until, self.log.read_text()
            time.sleep(0.1)


def run(command: list[str], *, check: bool = True) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    if check:
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done
