"""What deploy/ and docs/ call settings and commands are the settings and commands that there are."""

from pathlib import Path

import pytest

from tests.deploy.names import COMMANDS, OURS, code_in, unknown_codes, unknown_commands, unknown_settings

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"


def text_files(folder: Path) -> list[Path]:
    def is_text(path: Path) -> bool:
        return path.is_file() and b"\0" not in path.read_bytes()[:4096]

    return sorted(path for path in folder.rglob("*") if is_text(path)) if folder.is_dir() else []


def deployed() -> list[Path]:
    return [*text_files(DEPLOY), *(path for path in [ROOT / "Dockerfile"] if path.exists())]


def pages() -> list[Path]:
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def told(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_each_setting_named_in_deploy_is_in_the_table():
    wrong = {
        told(path): unknown
        for path in deployed()
        if (unknown := unknown_settings(path.read_text(encoding="utf-8"), is_env_file=".env" in path.name))
    }
    assert not wrong, (
        "not in finetune/core/environment/table.py; if another program's, in FOREIGN of names.py"
    )


def test_each_setting_named_in_the_docs_is_in_the_table():
    wrong = {
        told(path): unknown
        for path in pages()
        if (unknown := unknown_settings(code_in(path.read_text(encoding="utf-8"))))
    }
    assert not wrong


def test_each_command_and_code_named_in_deploy_or_docs_is_there():
    texts = {told(path): path.read_text(encoding="utf-8") for path in deployed()}
    texts |= {told(path): code_in(path.read_text(encoding="utf-8")) for path in pages()}
    wrong = {
        place: unknown
        for place, text in texts.items()
        if (unknown := unknown_commands(text) | unknown_codes(text))
    }
    assert not wrong


@pytest.mark.parametrize(
    "slip",
    [
        *(
            "DATABSE_URL",
            "DATABASE_UR",
            "DATABASEURL",
            "DATABASE_URL_OWNER",
            "OWNER_DATABASE_URL",
            "SECRETKEY",
        ),
        *(
            "SECRET_KEYS",
            "PUBLIC_ADDRESS",
            "TRUSTED_PROXY",
            "FINETUNE_DATA",
            "ADMIN_PASSWORD",
            "FINTUNE_DATA_DIR",
        ),
        *("WEB_WORKER", "PREPARED_STATEMENT", "HOST_FILE", "METRIC_TOKEN", "BOOK_AT", "EMAIL_PASSWORD"),
    ],
)
def test_a_slip_in_a_name_is_seen(slip: str):
    for line in (
        f"{slip}=x",
        f"  {slip}: x",
        f'"{slip}": {{"value": "x"}}',
        f"- key: {slip}",
        f"${{{slip}:?set it}}",
    ):
        assert unknown_settings(line) == {slip}


def test_other_programs_names_are_let_be():
    foreign = "POSTGRES_PASSWORD PGSSLMODE PATRONI_PORT ETCD_DATA PYTHONUNBUFFERED RAILWAY_PUBLIC_DOMAIN PIP_NO_INPUT"
    assert unknown_settings(foreign) == set()
    assert unknown_settings(" ".join(sorted(OURS))) == set()
    assert unknown_settings("TIME_ZONE=x") == set()
    assert unknown_settings("DATABASE_URL=x\nTIME_ZONE=x\n", is_env_file=True) == {"TIME_ZONE"}


@pytest.mark.parametrize(
    ("line", "unknown"),
    [
        ("ExecStart=/opt/finetune/bin/finetune serv", {"serv"}),
        ("web: python -m finetune servee", {"servee"}),
        ('command: ["finetune", "wroker"]', {"wroker"}),
        ("sudo -u finetune finetune migrat", {"migrat"}),
        ("kubectl exec deploy/web -- finetune book", {"book"}),
        ('"preDeployCommand": ["finetune relese"]', {"relese"}),
        ("finetune check --deploy --accept database_tlss", {"database_tlss"}),
        ("kubectl -n finetune get pods; useradd finetune now", set()),
        ("dokku domains:set finetune shop.example.in", set()),
        ("dokku run finetune python -m finetune boks", {"boks"}),
        ("createdb --owner finetune_owner finetune", set()),
    ],
)
def test_a_slip_in_a_command_is_seen(line: str, unknown: set[str]):
    assert unknown_commands(line) | unknown_codes(line) == unknown


def test_the_commands_are_those_of_the_help():
    assert {
        "run",
        "serve",
        "worker",
        "migrate",
        "check",
        "books",
        "backup",
        "restore",
        "create-admin",
        "demo",
    } < COMMANDS
    assert {"release", "settings", "manage", "help"} < COMMANDS
