"""The users of the operating system that a database is made for: us, and as root an ordinary user too."""

import os
import pickle
import pwd
import shutil
import stat
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

IS_ROOT = os.geteuid() == 0
US = "root" if IS_ROOT else "an ordinary user"
# Root is served by another user's PostgreSQL, everyone else by their own: as root both are tried.
EVERYONE = [US, "an ordinary user"] if IS_ROOT else [US]


def nobody() -> pwd.struct_passwd:
    """The ordinary user that every system has."""
    return pwd.getpwnam("nobody")


def as_user(name: str, work: Callable[[], Any]) -> Any:
    """What `work` returns, done by that user. A fork keeps what is imported: the interpreter may lie in
    root's home."""
    return work() if name == US else in_child(work, nobody())


def in_child(work: Callable[[], Any], user: pwd.struct_passwd | None = None) -> Any:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            if user is not None:
                os.setgroups([])
                os.setgid(user.pw_gid)
                os.setuid(user.pw_uid)
            answer = (True, work())
        except BaseException:
            answer = (False, traceback.format_exc())
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(answer, pipe)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        raw = pipe.read()
    os.waitpid(pid, 0)
    assert raw, "the child ended without an answer"
    worked, answer = pickle.loads(raw)
    assert worked, answer
    return answer


@contextmanager
def folder_for(name: str, prefix: str = "finetune-ops-") -> Iterator[Path]:
    """A new folder of that user's that everyone can enter, in a place that everyone can enter."""
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp"))
    folder.chmod(0o711)
    if name != US:
        os.chown(folder, nobody().pw_uid, nobody().pw_gid)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def modes_above(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Mode, owner and group of everything above a folder."""
    found = {}
    for parent in folder.parents:
        facts = parent.stat()
        found[str(parent)] = (stat.S_IMODE(facts.st_mode), facts.st_uid, facts.st_gid)
    return found
