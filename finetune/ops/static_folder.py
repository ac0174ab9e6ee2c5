"""Where `serve` lays out the static files: once for each content, beside the shop's data or in a temporary folder."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

from finetune.core import environment

VARIABLE = "FINETUNE_STATIC_DIR"
# What libraries bring and no page of ours loads.
LEFT_OUT = ("*.map", "redoc*", "htmx-4*", "htmax-4*", "htmx-2.js", "django-htmx.js", "ext")
PACKAGE = Path(__file__).resolve().parents[1]


def ensure_static(environ: Mapping[str, str]) -> None:
    """Name the folder in the environment, before settings are read, and fill it where it is not filled.

    A folder that cannot be written is no reason not to serve: the files are then served from the code.
    """
    if environment.is_set("FINETUNE_STATIC_DIR", environ):
        return
    home = _home(environ)
    if home is None:
        return
    folder = home / _fingerprint()
    os.environ[VARIABLE] = str(folder)
    if (folder / "staticfiles.json").exists():
        return
    try:
        _fill(folder)
    except OSError:
        os.environ.pop(VARIABLE)


def _home(environ: Mapping[str, str]) -> Path | None:
    data = environment.text("FINETUNE_DATA_DIR", environ)
    if data and os.access(data, os.W_OK):
        return Path(data) / "static"
    return _own_temporary_folder()


def _own_temporary_folder() -> Path | None:
    """Of this user and this copy of the code, whose older layouts are removed; another copy may be serving from its
    own. None where somebody else took the name or may write there: browsers would run what he put there."""
    copy = hashlib.sha256(str(PACKAGE).encode()).hexdigest()[:8]
    folder = Path(tempfile.gettempdir()) / f"finetune-static-{os.getuid()}-{copy}"
    try:
        folder.mkdir(exist_ok=True, mode=0o755)
        found = folder.lstat()
    except OSError:
        return None
    is_ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
    return folder if is_ours and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH) else None


def _fingerprint() -> str:
    """Of the names, sizes and times of our own files: cheap, and another one after any change."""
    found = sorted(path for path in PACKAGE.glob("*/static/**/*") if path.is_file())
    parts = [f"{path.relative_to(PACKAGE)} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in found]
    return hashlib.sha256("\n".join([str(PACKAGE), *parts]).encode()).hexdigest()[:16]


def _fill(folder: Path) -> None:
    """Lay out beside it and move it there as a whole, so that no server sees half of it."""
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    for older in folder.parent.iterdir():
        shutil.rmtree(older, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".new-") as work:
        laid_out = Path(work) / "static"
        os.environ[VARIABLE] = str(laid_out)
        _collect()
        laid_out.rename(folder)
    os.environ[VARIABLE] = str(folder)


def _collect() -> None:
    """In a process of its own: settings are read once, and these name a folder that will be another."""
    from finetune.ops import children

    arguments = ("manage", "lay_out_static", "--verbosity=0")
    children.run_command(*arguments, environ=os.environ, failed="The static files could not be laid out")
