"""The project's own files as the house rules read them: parsed once, not imported."""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("tests", "bench", "sample_city")  # never part of the running console
NOT_OURS = {".git", ".venv", ".hypothesis", ".pytest_cache", ".ruff_cache", "__pycache__", "build", "var"}


@dataclass(frozen=True)
class Source:
    """One Python file: its path from the project's root, and its syntax tree."""

    path: str
    tree: ast.Module

    @property
    def package(self) -> str:
        return self.path.split("/")[0].removesuffix(".py")

    @property
    def module(self) -> str:
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def parsed(path: str, text: str) -> Source:
    return Source(path, ast.parse(text, path))


@cache
def files() -> tuple[Path, ...]:
    """Every file of the project, from its root; nothing that an installation or a tool writes."""
    found = (path.relative_to(ROOT) for path in _walk(ROOT))
    return tuple(sorted(found))


def _walk(folder: Path):
    for path in folder.iterdir():
        if path.name in NOT_OURS or path.is_symlink():
            continue
        if path.is_dir():
            yield from _walk(path)
        else:
            yield path


def texts(*suffixes: str, under: str = "") -> list[tuple[str, str]]:
    """(path, text) of every file with one of these suffixes, below the folder `under`."""
    wanted = [path for path in files() if path.suffix in suffixes and path.as_posix().startswith(under)]
    return [(path.as_posix(), (ROOT / path).read_text(encoding="utf-8")) for path in wanted]


@cache
def sources() -> tuple[Source, ...]:
    """Every Python file of the project, tests and tools included."""
    return tuple(parsed(path, text) for path, text in texts(".py"))


def product() -> list[Source]:
    """The Python files of the running console."""
    return [source for source in sources() if source.package not in TOOLS]


def told(complaints) -> str:
    """The complaints as one text; empty when the house is in order."""
    return "\n".join(sorted(set(complaints)))


def dotted(node: ast.AST) -> str:
    """`st.column_config.TextColumn` as text; an empty text for anything that is not a chain of names."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        owner = dotted(node.value)
        return f"{owner}.{node.attr}" if owner else ""
    return ""


def imports(source: Source) -> list[tuple[int, str]]:
    """(line, full dotted name) of everything the file imports, also inside functions; relative names resolved."""
    found = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            origin = ".".join(filter(None, (_parent(source, node.level), node.module)))
            found += [(node.lineno, f"{origin}.{alias.name}") for alias in node.names]
    return found


def _parent(source: Source, level: int) -> str:
    if level == 0:
        return ""
    folders = source.path.split("/")[:-1]
    return ".".join(folders[: len(folders) - level + 1])
