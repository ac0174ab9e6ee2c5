"""deploy/kubernetes: both overlays as kubectl puts them together, held against Kubernetes' schemas and the product."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands
from django.urls import resolve

from finetune.ops.web_server import GRACE_SECONDS
from tests.deploy.names import OURS
from tests.platforms.kubernetes import (
    EXAMPLE,
    FOLDER,
    OVERLAYS,
    Object,
    asked_for,
    containers,
    environment_of,
    is_selected,
    may_reach,
    of_kind,
    pods,
    put_together,
    unhashed,
    ways_out,
    why_left_out,
)
from tests.platforms.reading import ROOT, answers_anybody, known_commands

PAGE = ROOT / "docs" / "deployment" / "kubernetes.md"
# The oldest that knows all of it, and those that are looked after.
VERSIONS = ["1.27", "1.30", "1.33", "1.34", "1.35", "1.36", "1.37"]
EXAMPLES = sorted(FOLDER.glob(f"overlays/*/*{EXAMPLE}"))
SIGNS = {name: f"sign-of-{name.lower()}" for example in EXAMPLES for name in asked_for(example)}
PRODUCTION = {"web", "worker", "release", "books", "backup", "tools"}
SHUTDOWN_SECONDS = 10


@pytest.fixture(scope="module", params=OVERLAYS)
def overlay(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Object]:
    if why := why_left_out():
        pytest.skip(why)
    return put_together(request.param, tmp_path_factory.mktemp("kubernetes") / "files", SIGNS)


def raw_objects() -> list[Object]:
    """Those that stand in a file as they are; patches and what kustomize reads are none."""
    files = [*FOLDER.glob("base/*.yaml"), *FOLDER.glob("overlays/*/*.yaml")]
    return [
        each
        for file in sorted(files)
        if file.name != "kustomization.yaml"
        for each in yaml.safe_load_all(file.read_text())
    ]


def complaints(file: Path, version: str) -> str:
    command = [sys.executable, "-m", "kubernetes_validate", "-k", version, "--strict", "--quiet", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def write(objects: list[Object], folder: Path) -> Path:
    file = folder / "objects.yaml"
    file.write_text(yaml.safe_dump_all(objects))
    return file


@pytest.mark.parametrize("version", VERSIONS)
def test_each_object_is_what_that_kubernetes_knows(overlay, version, tmp_path):
    assert complaints(write(overlay, tmp_path), version) == ""


def test_the_files_themselves_are_right_where_there_is_no_kubectl(tmp_path):
    assert complaints(write(raw_objects(), tmp_path), VERSIONS[-1]) == ""


def test_a_typing_mistake_is_found(tmp_path):
    objects = raw_objects()
    web = of_kind(objects, "Deployment")["web"]
    web["spec"]["template"]["spec"]["containers"][0]["readinesProbe"] = {}
    assert "readinesProbe" in complaints(write(objects, tmp_path), VERSIONS[-1])


def test_every_pod_is_locked_down(overlay):
    assert pods(overlay).keys() == PRODUCTION
    for name, template in pods(overlay).items():
        spec = template["spec"]
        assert spec["serviceAccountName"] == "finetune", name
        assert (spec["automountServiceAccountToken"], spec["enableServiceLinks"]) == (False, False), name
        inside = spec["securityContext"]
        assert (inside["runAsNonRoot"], inside["runAsUser"], inside["runAsGroup"]) == (True, 10001, 10001), (
            name
        )
        assert inside["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert not {"hostNetwork", "hostPID", "hostIPC"} & spec.keys(), name
        assert [each for each in spec["volumes"] if "hostPath" in each] == [], name
        for container in containers(template):
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }, name
            assert "/tmp" in [each["mountPath"] for each in container["volumeMounts"]], name
            assert {"cpu", "memory"} <= container["resources"]["requests"].keys(), name
            assert "memory" in container["resources"]["limits"], name
    assert of_kind(overlay, "ServiceAccount")["finetune"]["automountServiceAccountToken"] is False
    namespace = of_kind(overlay, "Namespace")["finetune"]
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


def test_the_user_is_the_images():
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert "USER 10001:10001" in dockerfile
    assert 'ENTRYPOINT ["finetune"]' in dockerfile


def test_each_container_runs_a_command_of_ours_from_the_image_of_the_overlay(overlay):
    images = set()
    for name, template in pods(overlay).items():
        for container in containers(template):
            images.add(container["image"])
            if name == "tools":
                assert container["command"] == ["sleep", "infinity"]
                continue
            assert "command" not in container, "it would take the place of the image's entry point"
            command, *rest = container["args"]
            assert command in known_commands()
            assert command != "manage" or rest[0] in get_commands()
    assert len(images) == 1
    assert images.pop().rpartition(":")[2] not in ("", "latest")


def test_every_variable_is_ours(overlay):
    for template in pods(overlay).values():
        for container in containers(template):
            assert environment_of(container, overlay).keys() - OURS == set()


def test_who_runs_what(overlay):
    first = {name: containers(template)[-1].get("args") for name, template in pods(overlay).items()}
    assert first == {
        "web": ["serve"],
        "worker": ["worker"],
        "release": ["release"],
        "books": ["books", "--record"],
        "backup": ["backup", "/backups", "--keep", "14"],
        "tools": None,
    }
    worker = containers(pods(overlay)["worker"])[-1]
    assert environment_of(worker, overlay)["BOOKS_AT"] == "off"
    assert of_kind(overlay, "Deployment")["tools"]["spec"]["replicas"] == 0


def test_probes_ask_paths_that_answer_whatever_name_they_are_asked_by(overlay, client, db):
    web = containers(pods(overlay)["web"])[0]
    paths = {name: web[f"{name}Probe"]["httpGet"]["path"] for name in ("startup", "readiness", "liveness")}
    assert paths == {"startup": "/readyz", "readiness": "/readyz", "liveness": "/healthz"}
    for path in paths.values():
        assert resolve(path)
        assert answers_anybody(client, path)
    ports = {each["name"]: each["containerPort"] for each in web["ports"]}
    assert {web[f"{name}Probe"]["httpGet"]["port"] for name in paths} == set(ports)
    assert f"PORT={ports['http']}" in (ROOT / "Dockerfile").read_text()


def test_old_pods_serve_until_new_ones_can_and_end_what_they_began(overlay):
    web = of_kind(overlay, "Deployment")["web"]["spec"]
    assert web["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    spec = web["template"]["spec"]
    word, seconds = spec["containers"][0]["lifecycle"]["preStop"]["exec"]["command"]
    assert word == "sleep"
    assert GRACE_SECONDS < SHUTDOWN_SECONDS
    assert spec["terminationGracePeriodSeconds"] > int(seconds) + SHUTDOWN_SECONDS
    startup = spec["containers"][0]["startupProbe"]
    assert web["progressDeadlineSeconds"] > startup["periodSeconds"] * startup["failureThreshold"]


def test_what_is_referred_to_is_there(overlay):
    kinds = {
        "secret": ("secretName", "Secret"),
        "persistentVolumeClaim": ("claimName", "PersistentVolumeClaim"),
    }
    for name, template in pods(overlay).items():
        volumes = {each["name"]: each for each in template["spec"]["volumes"]}
        for volume in volumes.values():
            for source, (key, kind) in kinds.items():
                if source in volume and not volume[source].get("optional"):
                    assert unhashed(volume[source][key]) in of_kind(overlay, kind), name
        for container in containers(template):
            assert {each["name"] for each in container["volumeMounts"]} <= volumes.keys(), name
            places = {each["mountPath"]: volumes[each["name"]] for each in container["volumeMounts"]}
            for variable, path in environment_of(container, overlay).items():
                if variable.endswith("_FILE"):
                    folder, _, file = path.rpartition("/")
                    secret = of_kind(overlay, "Secret")[unhashed(places[folder]["secret"]["secretName"])]
                    assert file in secret["data"], f"{name}: {path}"


def test_selectors_match_labels(overlay):
    templates = pods(overlay)
    for name, each in of_kind(overlay, "Deployment").items():
        assert is_selected(each["spec"]["selector"], templates[name]["metadata"]["labels"])
    service = of_kind(overlay, "Service")["web"]["spec"]
    web = templates["web"]["metadata"]["labels"]
    chosen = [
        name
        for name in templates
        if service["selector"].items() <= templates[name]["metadata"]["labels"].items()
    ]
    assert chosen == ["web"]
    assert {each["targetPort"] for each in service["ports"]} == {"http"}
    for budget in of_kind(overlay, "PodDisruptionBudget").values():
        assert is_selected(budget["spec"]["selector"], web)
    for spread in templates["web"]["spec"]["topologySpreadConstraints"]:
        assert is_selected(spread["labelSelector"], web)
    for scaler in of_kind(overlay, "HorizontalPodAutoscaler").values():
        target = scaler["spec"]["scaleTargetRef"]
        deployment = of_kind(overlay, target["kind"])[target["name"]]
        assert "replicas" not in deployment["spec"], "each apply would undo what the autoscaler did"
    for name, policy in of_kind(overlay, "NetworkPolicy").items():
        selector = policy["spec"]["podSelector"]
        known = any(is_selected(selector, each["metadata"]["labels"]) for each in templates.values())
        assert known or name == "to-the-certificates-proof", name


def test_the_door_is_the_address_that_people_type(overlay):
    ingress = of_kind(overlay, "Ingress")["web"]["spec"]
    (rule,), (tls,) = ingress["rules"], ingress["tls"]
    backend = rule["http"]["paths"][0]["backend"]["service"]
    assert backend["name"] in of_kind(overlay, "Service")
    assert backend["port"]["name"] in [
        each["name"] for each in of_kind(overlay, "Service")["web"]["spec"]["ports"]
    ]
    assert tls["hosts"] == [rule["host"]]
    settings = of_kind(overlay, "ConfigMap")["settings"]["data"]
    assert settings["PUBLIC_URL"] == f"https://{rule['host']}"


def test_the_database_has_room_for_all_pods_that_there_may_be(overlay):
    settings = of_kind(overlay, "ConfigMap")["settings"]["data"]
    scaler = of_kind(overlay, "HorizontalPodAutoscaler").get("web")
    most = scaler["spec"]["maxReplicas"] if scaler else 1
    surge = of_kind(overlay, "Deployment")["web"]["spec"]["strategy"]["rollingUpdate"]["maxSurge"]
    assert (most + surge) * int(settings["WEB_WORKERS"]) * int(settings["WEB_THREADS"]) <= 85


def test_the_worker_alone_reaches_the_internet(overlay):
    for name, template in pods(overlay).items():
        for address in ("203.0.113.9", "8.8.8.8", "2001:4860:4860::8888"):
            assert may_reach(template, overlay, address) is (name == "worker"), name
        for address in ("169.254.169.254", "192.168.1.1", "172.16.0.1", "127.0.0.1", "fd00::1", "::1"):
            assert not may_reach(template, overlay, address), name
        named = [
            peer["namespaceSelector"]["matchLabels"]
            for peer in ways_out(template, overlay)
            if "ipBlock" not in peer
        ]
        assert {each["kubernetes.io/metadata.name"] for each in named} <= {"kube-system", "finetune-db"}, name


def test_nobody_comes_in_but_by_the_ingress_controller_and_monitoring(overlay):
    policies = of_kind(overlay, "NetworkPolicy")
    assert policies["nothing-else"]["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    opening = {name for name, each in policies.items() if each["spec"].get("ingress")}
    assert opening <= {"from-the-ingress-controller", "from-monitoring", "to-the-certificates-proof"}
    for name in opening:
        for rule in policies[name]["spec"]["ingress"]:
            assert rule["ports"]
            assert [peer for peer in rule["from"] if "namespaceSelector" not in peer] == []


def test_who_serves_does_not_hold_the_owners_address(overlay):
    holders = {
        name
        for name, template in pods(overlay).items()
        if "owner"
        in [
            unhashed(each["secret"]["secretName"]) for each in template["spec"]["volumes"] if "secret" in each
        ]
    }
    assert holders == {"release", "backup", "tools"}


def test_no_secret_stands_in_the_files():
    assert [each["metadata"]["name"] for each in raw_objects() if each["kind"] == "Secret"] == []
    for example in EXAMPLES:
        values = [
            line.partition("=")[2] for line in example.read_text().splitlines() if not line.startswith("#")
        ]
        assert set(values) == {""}, example.name
    assert "deploy/kubernetes/overlays/*/*.env" in (ROOT / ".gitignore").read_text().splitlines()
    for file in FOLDER.rglob("*.yaml"):
        assert "://" not in file.read_text().replace("https://shop.example.in", ""), file.name


def test_secrets_reach_pods_as_files_alone(overlay):
    for template in pods(overlay).values():
        for container in containers(template):
            assert not [sign for sign in SIGNS.values() if sign in str(container)]
            assert not [each for each in container.get("envFrom", []) if "secretRef" in each]
            assert not [each for each in container.get("env", []) if "valueFrom" in each]


def test_the_database_of_the_operator_is_where_the_small_overlay_looks_for_it():
    _namespace, cluster = yaml.safe_load_all((FOLDER / "database" / "cluster.yaml").read_text())
    policy = yaml.safe_load((FOLDER / "overlays" / "small" / "database.yaml").read_text())
    peer = policy["spec"]["egress"][0]["to"][0]["namespaceSelector"]["matchLabels"]
    assert peer == {"kubernetes.io/metadata.name": cluster["metadata"]["namespace"]}


def test_the_page_tells_every_file_and_variable():
    page = PAGE.read_text()
    names = {path.name for path in FOLDER.glob("overlays/*/*") if path.name != "kustomization.yaml"}
    names = {name.removesuffix(EXAMPLE) for name in names if not name.endswith(".env")}
    assert [
        name for name in (*names, *SIGNS, "PUBLIC_URL", "TRUSTED_PROXIES") if f"`{name}`" not in page
    ] == []
