"""The units of one machine, as systemd's own tools see them. systemd itself does not run here."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("vps", "single-shop")
UNITS = sorted(path for folder in FOLDERS for path in (ROOT / "deploy" / folder).glob("finetune*.*er*"))
SERVICES = [path for path in UNITS if path.suffix == ".service"]
SCRIPTS = sorted(path for folder in FOLDERS for path in (ROOT / "deploy" / folder).glob("*.sh"))
# Of 10, where 10 is no sandbox at all; what is above is on the units' own network.
EXPOSURE_MAX = 1.8

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="LEFT OUT: systemd-analyze cannot be had here"
)


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


@needs_systemd
@pytest.mark.parametrize("unit", UNITS, ids=name)
def test_systemd_understands_every_line(unit: Path, tmp_path: Path):
    """In a root of its own, with a program where ours will be, so that nothing is missing but what is wrong."""
    for name in ("opt/finetune/current/bin/finetune", "usr/bin/mountpoint"):
        program = tmp_path / name
        program.parent.mkdir(parents=True)
        shutil.copy("/bin/true", program)
    system = tmp_path / "etc/systemd/system"
    shutil.copytree(unit.parent, system, ignore=shutil.ignore_patterns("*.sh", "*.example", "Caddyfile"))
    for target in (
        "sysinit",
        "shutdown",
        "basic",
        "timers",
        "multi-user",
        "network-online",
        "time-sync",
        "time-set",
    ):
        (system / f"{target}.target").write_text("[Unit]\nDescription=stand-in\n")
    (system / "system.slice").write_text("[Unit]\nDescription=stand-in\n")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", f"--root={tmp_path}", unit.name],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr.strip()) == (0, "")


@needs_systemd
@pytest.mark.parametrize("unit", SERVICES, ids=name)
def test_every_service_is_in_a_sandbox(unit: Path):
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE_MAX * 10:.0f}", str(unit)],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout
    found = re.search(r"exposure level for \S+: ([0-9.]+)", done.stdout)
    assert found
    assert float(found[1]) <= EXPOSURE_MAX


@needs_systemd
@pytest.mark.parametrize("unit", [path for path in UNITS if path.suffix == ".timer"], ids=name)
def test_every_timer_names_a_time(unit: Path):
    times = re.findall(r"^OnCalendar=(.+)$", unit.read_text(), re.M)
    assert times
    for each in times:
        subprocess.run(["systemd-analyze", "calendar", each], check=True, capture_output=True, timeout=60)
    assert unit.with_suffix(".service").exists()


@pytest.mark.parametrize("unit", SERVICES, ids=name)
def test_it_stops_before_systemd_loses_patience(unit: Path):
    text = unit.read_text()
    if "Type=oneshot" not in text:
        assert int(re.findall(r"^TimeoutStopSec=(\d+)$", text, re.M)[0]) > 10
        assert "KillMode=mixed" in text, (
            "the first signal goes to the main process, which ends the others in order"
        )
    assert "User=finetune" in text


@pytest.mark.parametrize("script", SCRIPTS, ids=name)
def test_the_scripts_are_sound(script: Path):
    subprocess.run(["bash", "-n", str(script)], check=True, timeout=60)
    if shutil.which("shellcheck") is None:
        pytest.skip("LEFT OUT: shellcheck cannot be had here")
    done = subprocess.run(
        ["shellcheck", "-x", str(script)], check=False, capture_output=True, text=True, cwd=ROOT, timeout=60
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("folder", [*FOLDERS, "compose"])
def test_a_client_s_own_word_on_its_address_is_dropped(folder: str):
    """The web server takes X_Forwarded_For for X-Forwarded-For."""
    text = (ROOT / "deploy" / folder / "Caddyfile").read_text()
    for name in (r"X_\*", r"X-Forwarded_\*"):
        assert re.search(rf"^\t\theader_up -{name}$", text, re.M)


@pytest.mark.parametrize("folder", FOLDERS)
def test_caddy_takes_its_file(folder: str):
    if shutil.which("caddy") is None:
        pytest.skip("LEFT OUT: caddy cannot be had here")
    file = ROOT / "deploy" / folder / "Caddyfile"
    command = ["caddy", "validate", "--adapter", "caddyfile", "--config", str(file)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert subprocess.run(
        ["caddy", "fmt", str(file)], check=True, capture_output=True, timeout=60, text=True
    ).stdout == (file.read_text())
