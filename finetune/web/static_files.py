"""Static files: laid out once for a server, or served from where they lie in the code.

Either way an address carries a hash of the content, so that a new file is seen at once. Laid out, it is part of the
name, the file is compressed with Brotli and gzip beforehand, and a browser keeps it for ever.
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import brotli
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

SMALL_MAX = 300_000


@cache
def version_of(name: str) -> str:
    found = finders.find(name)
    if not found:
        raise ValueError(f"there is no static file {name}")  # what WhiteNoise expects of a storage
    return hashlib.sha256(Path(str(found)).read_bytes()).hexdigest()[:12]


class VersionedStaticFiles(StaticFilesStorage):
    def url(self, name: str | None) -> str:
        assert name
        return f"{super().url(name)}?v={version_of(name)}"


class QuickCompressor(Compressor):  # type: ignore[misc]
    """Brotli at its best takes seconds for somebody else's megabyte of script, and little is won by it."""

    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        return bytes(brotli.compress(data, quality=11 if len(data) <= SMALL_MAX else 5))


class LaidOutStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Names with hashes. Only url() in style sheets is followed: our scripts load nothing, and the maps that packed
    files of libraries speak of are left out."""

    patterns = (("*.css", (r"""(?P<matched>url\((?P<quote>["']?)(?P<url>[^)"']+)(?P=quote)\))""",)),)

    def create_compressor(self, **given: Any) -> Compressor:
        return QuickCompressor(**given)
