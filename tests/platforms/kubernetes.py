"""What kubectl makes of an overlay, and what its objects say about each other."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import yaml

from tests.platforms.reading import DEPLOY

FOLDER = DEPLOY / "kubernetes"
OVERLAYS = ("small", "production")
EXAMPLE = ".example"
# kubectl has Kustomize 4 within it since then; the one of Debian 12 is older.
KUBECTL_MIN = (1, 22)
# The signs of Kustomize's hashes: no vowel, so that none is a word.
HASH = re.compile(r"-[2456789bcdfghkmt]{10}$")

Object = dict[str, Any]


def why_left_out() -> str:
    """Why overlays cannot be put together here, or nothing."""
    if not shutil.which("kubectl"):
        return "LEFT OUT: there is no kubectl here, so no overlay was put together"
    told = subprocess.run(
        ["kubectl", "version", "--client", "-o", "json"], capture_output=True, text=True, check=True
    )
    version = json.loads(told.stdout)["clientVersion"]
    found = tuple(int("".join(filter(str.isdigit, version[part]))) for part in ("major", "minor"))
    if found < KUBECTL_MIN:
        return f"LEFT OUT: kubectl is {'.'.join(map(str, found))} here, so no overlay was put together"
    return ""


def put_together(overlay: str, folder: Path, secrets: Mapping[str, str]) -> list[Object]:
    """The overlay's objects, with these values in the files that a shop makes from the examples."""
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("*.env"))
    for example in (folder / "overlays" / overlay).glob(f"*{EXAMPLE}"):
        example.with_suffix("").write_text(
            "".join(f"{name}={secrets[name]}\n" for name in asked_for(example))
        )
    done = subprocess.run(
        ["kubectl", "kustomize", str(folder / "overlays" / overlay)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [each for each in yaml.safe_load_all(done.stdout) if each]


def asked_for(example: Path) -> list[str]:
    lines = [line for line in example.read_text().splitlines() if line and not line.startswith("#")]
    return [line.partition("=")[0] for line in lines]


def of_kind(objects: list[Object], *kinds: str) -> dict[str, Object]:
    """By name, without the hash of its content."""
    return {unhashed(each["metadata"]["name"]): each for each in objects if each["kind"] in kinds}


def unhashed(name: str) -> str:
    return HASH.sub("", name)


def pods(objects: list[Object]) -> dict[str, Object]:
    """The template of each object that makes pods."""
    found = {}
    for name, each in of_kind(objects, "Deployment", "Job", "CronJob").items():
        spec = each["spec"]
        found[name] = (
            spec["jobTemplate"]["spec"]["template"] if each["kind"] == "CronJob" else spec["template"]
        )
    return found


def containers(template: Object) -> list[Object]:
    found: list[Object] = template["spec"].get("initContainers", []) + template["spec"]["containers"]
    return found


def environment_of(container: Object, objects: list[Object]) -> dict[str, str]:
    """What its process sees."""
    settings = of_kind(objects, "ConfigMap")
    given: dict[str, str] = {}
    for source in container.get("envFrom", []):
        given |= settings[unhashed(source["configMapRef"]["name"])]["data"]
    return given | {each["name"]: each["value"] for each in container.get("env", [])}


def is_selected(selector: Object, labels: Mapping[str, str]) -> bool:
    assert "matchExpressions" not in selector
    return bool(selector.get("matchLabels", {}).items() <= labels.items())


def policies_for(template: Object, objects: list[Object], direction: str) -> Iterator[Object]:
    for policy in of_kind(objects, "NetworkPolicy").values():
        spec = policy["spec"]
        if direction in spec["policyTypes"] and is_selected(
            spec["podSelector"], template["metadata"]["labels"]
        ):
            yield spec


def ways_out(template: Object, objects: list[Object]) -> Iterator[Object]:
    """Each peer that its pods may talk to."""
    for spec in policies_for(template, objects, "Egress"):
        for rule in spec.get("egress", []):
            assert rule.get("to"), "a rule without a receiver opens the way to everybody"
            assert rule.get("ports"), "a rule without ports opens all of them"
            yield from rule["to"]


def may_reach(template: Object, objects: list[Object], address: str) -> bool:
    """An address outside the cluster."""
    target = ip_address(address)
    for block in (peer["ipBlock"] for peer in ways_out(template, objects) if "ipBlock" in peer):
        if target in ip_network(block["cidr"]) and not any(
            target in ip_network(each) for each in block.get("except", [])
        ):
            return True
    return False
