"""psql for the few statements of install.sh, where no psql is: `python -m tests.platforms.psql URL < script`.

A query that ends in \\gexec is asked for statements, which are then carried out.
"""

import re
import sys

import psycopg


def carry_out(url: str, script: str) -> None:
    with psycopg.connect(url, autocommit=True) as session:
        for text, end in re.findall(r"\s*(.+?)\s*(;|\\gexec)\s*(?:\n|$)", script, re.S):
            if end == ";":
                session.execute(text)
                continue
            for (statement,) in session.execute(text).fetchall():
                session.execute(statement)


if __name__ == "__main__":
    carry_out(sys.argv[1], sys.stdin.read())
