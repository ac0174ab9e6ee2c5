"""How many web processes a machine or a container is given, with made-up control groups."""

import os
from pathlib import Path

import pytest

from finetune.ops import machine

MIB = 1024 * 1024


@pytest.fixture(autouse=True)
def sixteen_cores(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(16)), raising=False)


@pytest.fixture
def root(tmp_path: Path):
    def make(groups: str, **files: str) -> Path:
        (tmp_path / "proc/self").mkdir(parents=True)
        (tmp_path / "proc/self/cgroup").write_text(groups)
        for name, content in files.items():
            path = tmp_path / "sys/fs/cgroup" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content + "\n")
        return tmp_path

    return make


def test_without_limits_the_cores_count(root):
    free = root("0::/\n", **{"cpu.max": "max 100000", "memory.max": "max"})
    assert (machine.cores(free), machine.memory_limit(free), machine.workers(free)) == (16, None, 8)


def test_a_machine_that_knows_no_control_groups(tmp_path):
    assert (machine.cores(tmp_path), machine.workers(tmp_path)) == (16, 8)


@pytest.mark.parametrize(
    ("quota", "cores", "workers"),
    [("50000 100000", 1, 2), ("150000 100000", 2, 2), ("400000 100000", 4, 4), ("max 100000", 16, 8)],
)
def test_a_containers_share_of_the_cores_counts(root, quota, cores, workers):
    bound = root("0::/\n", **{"cpu.max": quota})
    assert (machine.cores(bound), machine.workers(bound)) == (cores, workers)


@pytest.mark.parametrize(
    ("mebibytes", "workers"), [(128, 1), (256, 1), (270, 2), (512, 5), (1024, 8), (64 * 1024, 8)]
)
def test_memory_bounds_them_too(root, mebibytes, workers):
    assert machine.workers(root("0::/\n", **{"memory.max": str(mebibytes * MIB)})) == workers


def test_every_group_above_bounds_what_is_below(root):
    below = root(
        "0::/shop.slice/web.service\n",
        **{
            "shop.slice/web.service/cpu.max": "800000 100000",
            "shop.slice/cpu.max": "300000 100000",
            "shop.slice/web.service/memory.max": str(900 * MIB),
            "shop.slice/memory.max": str(340 * MIB),
        },
    )
    assert (machine.cores(below), machine.memory_limit(below), machine.workers(below)) == (3, 340 * MIB, 3)


@pytest.mark.parametrize("folder", ["cpu,cpuacct", "cpu"])
def test_the_first_version_of_control_groups(root, folder):
    """Its path is the host's, which the container does not see: the limits stand at the top of what it sees."""
    old = root(
        "5:cpu,cpuacct:/docker/0123\n3:memory:/docker/0123\n1:name=systemd:/docker/0123\n",
        **{
            f"{folder}/cpu.cfs_quota_us": "200000",
            f"{folder}/cpu.cfs_period_us": "100000",
            "memory/memory.limit_in_bytes": str(270 * MIB),
        },
    )
    assert (machine.cores(old), machine.memory_limit(old), machine.workers(old)) == (2, 270 * MIB, 2)


def test_no_limit_of_the_first_version(root):
    old = root(
        "5:cpu:/\n3:memory:/\n",
        **{
            "cpu/cpu.cfs_quota_us": "-1",
            "cpu/cpu.cfs_period_us": "100000",
            "memory/memory.limit_in_bytes": "9223372036854771712",
        },
    )
    assert (machine.cores(old), machine.memory_limit(old), machine.workers(old)) == (16, None, 8)


def test_what_cannot_be_read_bounds_nothing(root):
    odd = root("nonsense\n0::/\n", **{"cpu.max": "100000 0", "memory.max": "lots"})
    assert machine.workers(odd) == 8
