"""Loaded before Django's settings: gives this test process a data folder of its own.

The server is started by `django_db_setup`, so tests of pure rules never wait for it.
"""

import os
import shutil
import tempfile
from pathlib import Path

FOLDER = Path(tempfile.mkdtemp(prefix="finetune-test-"))
FOLDER.chmod(0o711)  # PostgreSQL's user must pass through it when the suite runs as root
DATA = FOLDER / "data"

os.environ["FINETUNE_DATA_DIR"] = str(DATA)
os.environ["SECRET_KEY"] = "only-for-tests-" + "x" * 50
for name in (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "DATABASE_STANDBY_URL",
    "PUBLIC_URL",
    "HOST",
    "PORT",
    "TRUSTED_PROXIES",
    "CLIENT_ADDRESS_HEADER",
):
    os.environ.pop(name, None)


def pytest_unconfigure(config: object) -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
