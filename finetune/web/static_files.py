"""Static files without a collecting step: `make run` serves them from where they lie in the code.

The address carries a hash of the content: a browser may keep a file for a day and sees a new one at once.
"""

import hashlib
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


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
