"""The programs of a backup reach a database that asks for TLS."""

import socket
import subprocess
import sys

import pytest

from finetune.core.postgres.programs import plain_environment
from finetune.ops.backup_programs import encrypting, program


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the wheel's programs are used as they are")
def test_the_wheels_programs_speak_tls_with_psycopgs_library():
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        where = f"host=127.0.0.1 port={nobody.getsockname()[1]} sslmode=require"
        psql = program("psql", {})
        done = subprocess.run(
            [psql, "--no-psqlrc", "--command=SELECT 1", where],
            env=plain_environment({}) | encrypting(psql),
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode != 0
    assert "Connection refused" in done.stderr, "it got as far as calling"
    assert "not compiled in" not in done.stderr


def test_programs_of_a_server_have_their_own():
    assert encrypting("/usr/lib/postgresql/17/bin/psql") == {}
