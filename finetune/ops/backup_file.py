"""A backup as a file: a tar that any tar opens, with the dump, what is known of it, and their checksums.

database.dump    what pg_dump -Fc wrote; pg_restore reads it without us
manifest.json    when, by which versions, how many rows each table had, where each number series stood
SHA256SUMS       of the other two, for sha256sum -c
"""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from finetune.ops.console import FAILED, CannotRun

FORMAT = 1
DUMP, MANIFEST, SUMS = "database.dump", "manifest.json", "SHA256SUMS"
SUFFIX = ".backup"
BLOCK = tarfile.BLOCKSIZE
CHUNK = 1 << 20


class Damaged(CannotRun):
    """The file is not what was written."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"{path} is not a whole backup: {why}. Nothing was restored; take another one.", status=FAILED
        )


def write(path: Path, dump: Callable[[IO[bytes]], None], manifest: Callable[[], dict[str, Any]]) -> None:
    """Write a backup under its name once it is whole, on the disk, and was read back. Only its owner reads it.

    `dump` writes the database into the file given to it; `manifest` is asked afterwards.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "w+b") as file:
            _write_members(file, dump, manifest)
            file.flush()
            os.fsync(file.fileno())
        verify(unfinished)
        # Unlike a renaming, a link never takes the place of another backup.
        os.link(unfinished, path)
        _sync_folder(path.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def _write_members(
    file: IO[bytes], dump: Callable[[IO[bytes]], None], manifest: Callable[[], dict[str, Any]]
) -> None:
    # The head of a tar's member holds its size, which is known at the end only.
    file.seek(BLOCK)
    dump(file)
    end = file.seek(0, os.SEEK_END)
    file.write(b"\0" * (-end % BLOCK))
    members = file.tell()
    file.seek(0)
    file.write(_head(DUMP, end - BLOCK))
    sums = {DUMP: _digest(_part(file, BLOCK, end - BLOCK))}
    text = json.dumps({"format": FORMAT, **manifest()}, indent=1, ensure_ascii=False).encode() + b"\n"
    sums[MANIFEST] = hashlib.sha256(text).hexdigest()
    listed = "".join(f"{digest}  {name}\n" for name, digest in sums.items()).encode()
    file.seek(members)
    for name, content in ((MANIFEST, text), (SUMS, listed)):
        file.write(_head(name, len(content)))
        file.write(content + b"\0" * (-len(content) % BLOCK))
    file.write(b"\0" * (2 * BLOCK))


def _head(name: str, size: int) -> bytes:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member.tobuf(tarfile.GNU_FORMAT)


def verify(path: Path) -> dict[str, Any]:
    """The manifest of a backup, after its checksums were worked out again. Raises Damaged."""
    try:
        with tarfile.open(path, "r:") as tar:
            found = {name: _digest(_chunks(_member(tar, name))) for name in (DUMP, MANIFEST)}
            listed = _member(tar, SUMS).read().decode()
            manifest: dict[str, Any] = json.loads(_member(tar, MANIFEST).read())
    except (tarfile.TarError, KeyError, ValueError, EOFError) as error:
        raise Damaged(path, str(error) or "it ends too early") from error
    sums = {name: digest for digest, _, name in (line.partition("  ") for line in listed.splitlines())}
    wrong = [name for name, digest in found.items() if sums.get(name) != digest]
    if wrong:
        raise Damaged(path, f"the checksum of {' and '.join(wrong)} is another")
    if manifest.get("format") != FORMAT:
        raise CannotRun(f"{path} is of a later FineTune. Restore it with that one.")
    return manifest


@contextmanager
def opened_dump(path: Path) -> Iterator[IO[bytes]]:
    """The dump inside a backup, to read from its start."""
    with tarfile.open(path, "r:") as tar:
        yield _member(tar, DUMP)


def _member(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    file = tar.extractfile(name)
    if file is None:
        raise KeyError(f"{name} is no file in it")
    return file


def _part(file: IO[bytes], start: int, size: int) -> Iterator[bytes]:
    file.flush()
    file.seek(start)
    while size:
        chunk = file.read(min(CHUNK, size))
        if not chunk:
            raise EOFError("it ends too early")
        size -= len(chunk)
        yield chunk


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    return iter(lambda: file.read(CHUNK), b"")


def _digest(chunks: Iterator[bytes]) -> str:
    total = hashlib.sha256()
    for chunk in chunks:
        total.update(chunk)
    return total.hexdigest()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
