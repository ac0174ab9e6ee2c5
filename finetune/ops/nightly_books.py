"""The worker's other duty: once a night, the books. In a thread of its own, so that deliveries go out meanwhile."""

import contextlib
import threading
import time
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, connection

from finetune.core.dates import now
from finetune.reports import nightly

log = structlog.get_logger("finetune.worker")
LOOK_EVERY = 30.0
RENEW_EVERY = 60.0
REST_AFTER_FAILURE = 600.0
STOP_PATIENCE = 0.5


class NightlyBooks:
    """`look` is called again and again by the thread that delivers, and never takes long."""

    def __init__(self) -> None:
        self._next_look = 0.0
        self._row_id = 0
        self._checking: threading.Thread | None = None
        self._session: Any = None
        self._done: Any = None

    def look(self) -> None:
        if settings.BOOKS_AT is None or time.monotonic() < self._next_look:
            return
        if self._checking is not None and self._checking.is_alive():
            self._next_look = time.monotonic() + RENEW_EVERY
            nightly.renew(self._row_id)
            return
        self._next_look = time.monotonic() + LOOK_EVERY
        night, since = nightly.night_due(now(), settings.BOOKS_AT)
        if night == self._done:
            return
        claimed = nightly.claim_night(night, since)
        if claimed is None:
            return
        self._row_id = claimed
        self._checking = threading.Thread(target=self._check, args=(claimed, night), daemon=True)
        self._checking.start()

    def stop(self) -> None:
        """End a check that is under way, and leave its night to another worker."""
        if self._checking is None or not self._checking.is_alive():
            return
        with contextlib.suppress(Exception):
            self._session.cancel_safe(timeout=STOP_PATIENCE)
        self._checking.join(STOP_PATIENCE)

    def _check(self, row_id: int, night: object) -> None:
        try:
            connection.ensure_connection()
            self._session = connection.connection
            found = nightly.check_night(row_id)
            self._done = night
        except Exception as error:
            # Whatever it was, mail and webhooks go on, and the night is tried again.
            log.warning("books_could_not_be_checked", error=f"{type(error).__name__}: {error}")
            self._next_look = time.monotonic() + REST_AFTER_FAILURE
            connection.close()
            with contextlib.suppress(DatabaseError):
                nightly.give_back(row_id)
        else:
            at_odds = sum(1 for finding in found if finding.count)
            told = log.error if at_odds else log.info
            told("books_checked", checks=len(found), at_odds=at_odds, first=nightly.first_lines(found))
        finally:
            self._session = None
            connection.close()
