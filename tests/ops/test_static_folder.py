"""Static files are laid out once for each content, and a folder that cannot be written is no reason not to serve."""

import os
import shutil
from pathlib import Path

import pytest

from finetune.ops import static_folder
from finetune.ops.static_folder import VARIABLE, ensure_static


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("DATABASE_URL", "postgresql:///none")
    return tmp_path


def test_they_are_laid_out_compressed_under_names_with_hashes_once(
    data: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(VARIABLE, "")
    ensure_static({"FINETUNE_DATA_DIR": str(data)})
    folder = Path(os.environ[VARIABLE])
    assert folder.parent == data / "static"
    names = [path.name for path in (folder / "web").iterdir()]
    assert any(name.startswith("shop.") and name.endswith(".css.br") for name in names)
    assert not list(folder.rglob("*.map"))

    def never() -> None:
        raise AssertionError("laid out twice")

    monkeypatch.setattr(static_folder, "_collect", never)
    os.environ[VARIABLE] = ""
    ensure_static({"FINETUNE_DATA_DIR": str(data)})
    assert os.environ[VARIABLE] == str(folder)


def test_an_older_layout_is_removed(data: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(VARIABLE, "")
    (data / "static" / "0123456789abcdef").mkdir(parents=True)
    monkeypatch.setattr(static_folder, "_collect", lambda: Path(os.environ[VARIABLE]).mkdir())
    ensure_static({"FINETUNE_DATA_DIR": str(data)})
    assert [path.name for path in (data / "static").iterdir()] == [static_folder._fingerprint()]


def test_without_room_they_are_served_from_the_code(data: Path, monkeypatch: pytest.MonkeyPatch):
    def full() -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setenv(VARIABLE, "")
    monkeypatch.setattr(static_folder, "_collect", full)
    ensure_static({"FINETUNE_DATA_DIR": str(data)})
    assert VARIABLE not in os.environ


def test_a_folder_that_was_named_is_left_alone(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(static_folder, "_fill", lambda folder: pytest.fail("it was named"))
    ensure_static({VARIABLE: "/somewhere"})


@pytest.fixture
def temporary(data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A server without a folder of its own, and the temporary folder that it then uses."""
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(data))
    monkeypatch.setattr(static_folder, "_collect", lambda: Path(os.environ[VARIABLE]).mkdir())
    monkeypatch.setenv(VARIABLE, "")
    ensure_static({})
    return Path(os.environ[VARIABLE]).parent


def test_a_temporary_folder_is_for_its_user_and_this_copy_of_the_code(temporary: Path):
    assert temporary.stat().st_mode & 0o777 == 0o755
    of_another_copy = temporary.parent / f"{temporary.name}0" / "abc"
    of_another_copy.mkdir(parents=True)
    (temporary / "older").mkdir()
    os.environ[VARIABLE] = ""
    ensure_static({})
    assert of_another_copy.exists()
    assert not (temporary / "older").exists()


def test_what_others_may_have_put_there_is_not_served(temporary: Path):
    temporary.chmod(0o777)
    os.environ[VARIABLE] = ""
    ensure_static({})
    assert not os.environ.get(VARIABLE)
    shutil.rmtree(temporary)
    temporary.symlink_to(temporary.parent)
    ensure_static({})
    assert not os.environ.get(VARIABLE)
