import pytest
from django.core.management import CommandError, call_command

from finetune.mount import api
from finetune.staff.permissions import (
    ADVISOR,
    AUDITOR,
    BRANCH_HEAD,
    PERMISSIONS,
    ROLES,
    SYSTEM_ADMIN,
    permits,
    sees_cost,
)

READS = {verb for verb in PERMISSIONS if verb.endswith(".read") or verb in ("cost.see", "code.resolve")}
OWN_ACCOUNT = {"self.log_out", "self.change_password", "self.second_factor"}


def test_an_administrator_may_do_everything():
    assert all(permits(SYSTEM_ADMIN, verb) for verb in PERMISSIONS)


def test_an_auditor_writes_nothing():
    assert {verb for verb in PERMISSIONS if permits(AUDITOR, verb)} - READS == OWN_ACCOUNT


def test_a_branch_head_may_do_what_an_advisor_may():
    assert all(permits(BRANCH_HEAD, verb) for verb in PERMISSIONS if permits(ADVISOR, verb))


def test_who_sees_cost():
    assert [role for role in ROLES if not sees_cost(role)] == [ADVISOR]


@pytest.mark.parametrize(
    "verb",
    [
        "stock.post.purchase",
        "stock.approve",
        "stock.reverse",
        "invoice.cancel",
        "variant.write",
        "store.write",
    ],
)
def test_what_an_advisor_may_not(verb):
    assert not permits(ADVISOR, verb)


def test_every_endpoint_asks_for_a_verb_of_the_table():
    paths = api.get_openapi_schema()["paths"]
    verbs = {operation.get("x-verb") for methods in paths.values() for operation in methods.values()}
    assert verbs - {None} <= set(PERMISSIONS)
    open_to_all = {
        path
        for path, methods in paths.items()
        for operation in methods.values()
        if isinstance(operation, dict) and operation.get("x-verb") is None
    }
    assert open_to_all <= {"/api/auth/token/", "/api/auth/token/refresh/"}


def test_the_page_is_current():
    call_command("permissions", "--check")


def test_check_finds_an_old_page(tmp_path, settings):
    settings.BASE_DIR = tmp_path / "finetune"
    (tmp_path / "docs").mkdir()
    with pytest.raises(CommandError, match="permissions --write"):
        call_command("permissions", "--check")
    call_command("permissions", "--write")
    call_command("permissions", "--check")
