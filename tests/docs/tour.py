"""The README's tour as a script, and what each of its steps prints."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
STEP = re.compile(r"```bash\n(.*?)```\n\n```text\n(.*?)```", re.DOTALL)


def walk(address: str, folder: Path) -> None:
    """Every step against the shop at that address, in order; each prints what the page says."""
    steps = STEP.findall((ROOT / "README.md").read_text())
    assert len(steps) >= 6
    script = "set -eu\n" + "\n".join(code for code, _ in steps)
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env={**os.environ, "SHOP": address, "PATH": path_with_curl(folder)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout == "".join(text for _, text in steps), done.stdout + done.stderr


def path_with_curl(folder: Path) -> str:
    """PATH, with a stand-in for curl in front where the machine has none."""
    if shutil.which("curl") is None:
        stand_in = folder / "curl"
        stand_in.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ROOT}/tests/docs/curl_stand_in.py" "$@"\n')
        stand_in.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"
