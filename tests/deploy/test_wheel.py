"""The package holds all that a shop needs and nothing that only its makers do."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.house.source import PACKAGE, ROOT

# What the package is made from, beside the code itself.
MADE_FROM = ("pyproject.toml", "README.md", "LICENSE", "requirements/run.in")
# Left out: compiled by whoever runs it, and the sources of what is translated.
LEFT_OUT = (".pyc", ".po")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Built from a copy, since building leaves its own folders behind."""
    copy = tmp_path_factory.mktemp("source")
    shutil.copytree(PACKAGE, copy / "finetune", ignore=shutil.ignore_patterns("__pycache__"))
    for name in MADE_FROM:
        (copy / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, copy / name)
    build = "from setuptools.build_meta import build_wheel; build_wheel('built')"
    done = subprocess.run(
        [sys.executable, "-c", build], cwd=copy, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    [built] = (copy / "built").glob("*.whl")
    return zipfile.ZipFile(built)


def in_the_code() -> set[str]:
    return {
        str(path.relative_to(ROOT))
        for path in PACKAGE.rglob("*")
        if path.is_file() and path.suffix not in LEFT_OUT and not path.name.startswith(".")
    }


def test_every_file_of_the_code_is_in_it_and_nothing_else(wheel: zipfile.ZipFile):
    held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert held == in_the_code()


@pytest.mark.parametrize("kind", ["*.html", "*.css", "*.js", "*.ttf", "*.typ", "*.mo", "py.typed"])
def test_each_kind_of_file_that_is_no_code_is_there(wheel: zipfile.ZipFile, kind: str):
    assert [name for name in wheel.namelist() if Path(name).match(kind)]


def test_it_brings_one_command_and_names_what_it_needs(wheel: zipfile.ZipFile):
    about = {Path(name).name: wheel.read(name).decode() for name in wheel.namelist() if ".dist-info/" in name}
    assert about["entry_points.txt"].split("\n")[:2] == [
        "[console_scripts]",
        "finetune = finetune.ops.cli:main",
    ]
    wanted = (ROOT / "requirements" / "run.in").read_text().splitlines()
    wanted = [line for line in wanted if line and not line.startswith("#")]
    named = [line for line in about["METADATA"].splitlines() if line.startswith("Requires-Dist: ")]
    assert len(named) == len(wanted)
    assert "LICENSE" in about
