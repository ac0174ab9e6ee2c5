"""The source of the product, as the house rules read it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "finetune"


def modules(*, migrations: bool = False) -> list[Path]:
    found = sorted(PACKAGE.rglob("*.py"))
    return [path for path in found if migrations or "migrations" not in path.parts]


@cache
def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(text_of(path), str(path))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def called(node: ast.AST) -> str:
    """The dotted name of what a call calls, or nothing."""
    if not isinstance(node, ast.Call):
        return ""
    parts: list[str] = []
    inner = node.func
    while isinstance(inner, ast.Attribute):
        parts.insert(0, inner.attr)
        inner = inner.value
    return ".".join([inner.id, *parts]) if isinstance(inner, ast.Name) else ""


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and (name := called(node)):
            yield name, node
