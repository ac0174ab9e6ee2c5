import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.platforms.server import Server, platform_server


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="finetune-platform-"))
    folder.chmod(0o711)  # PostgreSQL's user must pass through it when the tests run as root
    try:
        with platform_server(folder / "data") as given:
            yield given
    finally:
        shutil.rmtree(folder, ignore_errors=True)
