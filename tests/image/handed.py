"""What this machine's own pip is told, handed to a build: its index, its certificates, its folders of wheels.

Nothing of it stands in the repository, and nothing of it stays in the image.
"""

import ast
import configparser
import os
import subprocess
import sys
from pathlib import Path

CERTIFICATES = ("PIP_CERT", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")


def volumes(folder: Path) -> list[str]:
    """Options of a build: a pip.conf of the settings that hold here, and every file and folder that it names."""
    config = folder / "pip.conf"
    named = _write(config, _settings())
    pairs = [(str(config), "/etc/pip.conf"), *((path, path) for path in sorted(named))]
    return [f"--volume={source}:{place}:ro" for source, place in pairs]


def _settings() -> dict[tuple[str, str], list[str]]:
    """By section and name, later ones over earlier ones as pip reads them; the environment comes last."""
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True
    ).stdout
    found: dict[tuple[str, str], list[str]] = {}
    for line in listed.splitlines():
        key, _, value = line.partition("=")
        section, _, name = key.rpartition(".")
        section = "global" if section == ":env:" else section
        found[section, name] = str(ast.literal_eval(value)).split()
    certificates = [os.environ[name] for name in CERTIFICATES if os.environ.get(name)]
    if certificates:
        found.setdefault(("global", "cert"), certificates[:1])
    return found


def _write(config: Path, settings: dict[tuple[str, str], list[str]]) -> set[str]:
    """The file, and the paths in it that are there."""
    written = configparser.RawConfigParser()
    for (section, name), words in settings.items():
        if not written.has_section(section):
            written.add_section(section)
        written.set(section, name, "\n".join(words))
    with config.open("w") as file:
        written.write(file)
    paths = {
        _place(name, Path(word.removeprefix("file://")))
        for (_, name), words in settings.items()
        for word in words
        if word.startswith(("/", "file:///"))
    }
    return {str(path) for path in paths if path.exists()}


def _place(name: str, path: Path) -> Path:
    """An index in a folder leads to files that lie beside it."""
    return path.parent if name.endswith("index-url") else path
