"""Where `serve` lays out the static files: once for each content, beside the shop's data or in a temporary folder."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

VARIABLE = "FINETUNE_STATIC_DIR"
# What libraries bring and no page of ours loads.
LEFT_OUT = ("*.map", "redoc*", "htmx-4*", "htmax-4*", "htmx-2.js", "django-htmx.js", "ext")
PACKAGE = Path(__file__).resolve().parents[1]


def ensure_static(environ: Mapping[str, str]) -> None:
    """Name the folder in the environment, before settings are read, and fill it where it is not filled.

    A folder that cannot be written is no reason not to serve: the files are then served from the code.
    """
    if environ.get(VARIABLE):
        return
    folder = _home(environ) / _fingerprint()
    os.environ[VARIABLE] = str(folder)
    if (folder / "staticfiles.json").exists():
        return
    try:
        _fill(folder)
    except OSError:
        os.environ.pop(VARIABLE)


def _home(environ: Mapping[str, str]) -> Path:
    data = environ.get("FINETUNE_DATA_DIR")
    if data and os.access(data, os.W_OK):
        return Path(data) / "static"
    return Path(tempfile.gettempdir()) / f"finetune-static-{os.getuid()}"


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

    left_out = [word for pattern in LEFT_OUT for word in ("--ignore", pattern)]
    arguments = ("manage", "collectstatic", "--noinput", "--verbosity=0", *left_out)
    children.run_command(*arguments, environ=os.environ, failed="The static files could not be laid out")
