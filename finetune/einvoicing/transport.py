"""How an INV-01 leaves the house. The one that comes with the shop never does: it writes a file.

Another transport is a class with `send`, named in the setting EINVOICE_TRANSPORT.
"""

import os
import tempfile
from functools import cache
from pathlib import Path
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from finetune.core.refusals import try_again


class Transport(Protocol):
    def send(self, *, irn: str, payload: bytes) -> str:
        """Hand the document over and say where it went, in words for people. The same one may come again.

        Refuses 503 where it cannot be handed over just now.
        """


class FileOutbox:
    """A folder of JSON files, one a document, to be uploaded by hand or fetched by a program."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or settings.EINVOICE_OUTBOX

    def send(self, *, irn: str, payload: bytes) -> str:
        """Write `<irn>.json`, whole or not at all, readable by the shop's own user only."""
        name = f"{irn}.json"
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, draft = tempfile.mkstemp(dir=self.folder, suffix=".part")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(payload)
                    file.flush()
                    os.fsync(file.fileno())
                Path(draft).replace(self.folder / name)
            except BaseException:
                Path(draft).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise try_again(
                "The outbox folder cannot be written just now. Ask who runs the shop's computer."
            ) from error
        return name


@cache
def transport() -> Transport:
    return cast(Transport, import_string(settings.EINVOICE_TRANSPORT)())
