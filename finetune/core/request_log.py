"""The file that requests are logged to: shared by all workers, and quiet where it cannot be written."""

import logging
from logging.handlers import WatchedFileHandler
from pathlib import Path


class RequestLogFile(WatchedFileHandler):
    """Appends whole lines, follows a rotation by another program, and never fails a request: a full disk or a
    folder that is not there yet costs the line, not the bill."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            try:
                super().emit(record)
            except FileNotFoundError:
                Path(self.baseFilename).parent.mkdir(mode=0o700, exist_ok=True)
                super().emit(record)
        except OSError:
            return

    def handleError(self, record: logging.LogRecord) -> None:
        return
