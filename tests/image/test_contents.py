"""What is in the image, and what is not."""

import re

import pytest

from tests.image.engine import BASE, IMAGE, ROOT, Engine

# Beyond its base. A third of it is the program that sets documents.
OURS_MAX = 215 * 1000 * 1000


def test_it_is_small(engine: Engine):
    ours = engine.inspect(IMAGE)["Size"] - engine.inspect(BASE)["Size"]
    print(f"\nThe image is {ours / 1e6:.0f} MB beyond its base")
    assert ours < OURS_MAX


def test_it_says_how_it_is_run(engine: Engine):
    config = engine.inspect(IMAGE)["Config"]
    assert config["User"] == "10001:10001"
    assert config["Entrypoint"] == ["finetune"]
    assert config["Cmd"] == ["serve"]
    assert config["StopSignal"] in ("SIGTERM", "15")
    assert engine.inspect(IMAGE)["Healthcheck"]["Test"] == ["CMD", "python", "-m", "finetune.ops.health"]
    assert "Volumes" not in config, "some platforms refuse to build what names volumes"
    settings = dict(line.split("=", 1) for line in config["Env"])
    assert {"HOST": "0.0.0.0", "PORT": "8000", "FINETUNE_DATA_DIR": "/data"}.items() <= settings.items()
    assert not [name for name in settings if re.search("SECRET|PASSWORD|TOKEN|_URL|PIP_", name)]
    assert engine.inspect(IMAGE)["Labels"]["org.opencontainers.image.licenses"] == "Apache-2.0"


def test_nothing_is_in_it_that_a_shop_does_not_need(engine: Engine):
    # The places of what was handed to the build are left by it, empty.
    every = engine.shell(
        "find / -xdev -path /proc -prune -o ! -empty -print 2> /dev/null || true"
    ).splitlines()
    assert len(every) > 3000
    ours = [path for path in every if path.startswith("/opt/")]
    unwanted = re.compile(
        r"/(\.git|tests?|requirements|\.env[^/]*|secret-key|conftest\.py|pip|ensurepip|[^/]*\.whl)$|/pip-[^/]*$"
    )
    found = [path for path in ours if unwanted.search(path) and not path.endswith("/django/test")]
    assert found == []
    installers = re.compile(
        r"/(site|dist)-packages/(pip|setuptools|ensurepip)$|/s?bin/pip[0-9.]*$|/pip\.conf$"
    )
    assert [path for path in every if installers.search(path)] == []
    assert {path.split("/")[2] for path in ours} == {"finetune", "static"}


def test_its_user_can_change_nothing_and_gain_nothing(engine: Engine):
    assert engine.shell("find / -xdev -type f -perm /6000 2> /dev/null || true") == ""
    apart = "-path /proc -o -path /dev -o -path /sys"
    writable = engine.shell(
        f"find / -xdev \\( {apart} \\) -prune -o ! -type l -writable -print 2> /dev/null || true"
    ).split()
    # The root is read-only besides: these are what its own modes would allow.
    assert set(writable) <= {"/data", "/tmp", "/var/tmp", "/run/lock", "/run/.containerenv"}


@pytest.mark.parametrize("place", ["/x", "/opt/finetune/x", "/opt/static/x", "/var/tmp/x", "/etc/x"])
def test_nothing_is_written_outside_its_own_folders(engine: Engine, place: str):
    assert engine.shell(f"touch {place} 2>&1 || true").strip().endswith("Read-only file system")


def test_static_files_and_bytecode_are_there_beforehand(engine: Engine):
    laid_out = engine.shell("cd /opt/static && find . -type f").split()
    assert "./staticfiles.json" in laid_out
    assert [name for name in laid_out if re.fullmatch(r"\./web/shop\.[0-9a-f]{12}\.css\.br", name)]
    assert not [name for name in laid_out if name.endswith(".map")]
    packages = "/opt/finetune/lib/python3.11/site-packages"
    missing = engine.shell(
        f"cd {packages} && find finetune django -name '*.py' | while read -r file; do "
        'compiled="${file%/*}/__pycache__/$(basename "$file" .py).cpython-311.pyc"; '
        '[ -e "$compiled" ] || echo "$file"; done'
    ).split()
    # What Django keeps as patterns of files to be is not code yet.
    assert [name for name in missing if "/conf/" not in name] == []


def test_the_builder_is_sent_what_it_needs_only():
    words = (ROOT / ".dockerignore").read_text().split("\n")
    assert words[1] == "*", "everything is left out"
    taken = {word[1:] for word in words if word.startswith("!")}
    assert taken == {
        "finetune",
        "requirements/build.txt",
        "requirements/run.in",
        "requirements/run.txt",
        "pyproject.toml",
        "README.md",
        "LICENSE",
    }
