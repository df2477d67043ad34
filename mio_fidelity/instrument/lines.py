"""On which line of a TOML file each table and key stands; tomllib does not tell."""

import re

TomlPath = tuple[str | int, ...]
"""Keys from the top of the file; the number after an array's name counts its tables from 0."""

_STRING_OR_COMMENT = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}' r"|'''.*?'{3,5}" r'|"(?:\\.|[^"\\\n])*"' r"|'[^'\n]*'" r"|#[^\n]*",
    re.DOTALL,
)
_NAME = re.compile(r""""((?:\\.|[^"\\])*)"|'([^']*)'|([A-Za-z0-9_-]+)""")


def line_index(text: str) -> dict[TomlPath, int]:
    """The line, from 1, of every table header and of every key that begins a line.

    Args:
        text: A TOML document that tomllib has accepted.
    """
    index: dict[TomlPath, int] = {}
    arrays: dict[TomlPath, int] = {}
    table: TomlPath = ()
    depth = 0
    masked = _STRING_OR_COMMENT.sub(_blank, text)
    for number, (plain, line) in enumerate(zip(masked.split("\n"), text.split("\n"), strict=True), start=1):
        head = plain.strip()
        if depth == 0 and head.startswith("["):
            table = _table_path(line[: plain.rindex("]")], arrays, repeats=head.startswith("[["))
            for end in range(1, len(table) + 1):
                index.setdefault(table[:end], number)
            continue
        if depth == 0 and "=" in plain:
            key = table
            for name in _names(line[: plain.index("=")]):
                key = (*key, name)
                index.setdefault(key, number)
        depth += sum(plain.count(opening) for opening in "[{") - sum(plain.count(closing) for closing in "]}")
    return index


def line_of(path: TomlPath, index: dict[TomlPath, int]) -> int | None:
    """The line of ``path``, else of the nearest table around it; None for the document itself."""
    while path:
        if path in index:
            return index[path]
        path = path[:-1]
    return None


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", "_" if match[0][0] != "#" else " ", match[0])


def _names(text: str) -> list[str]:
    return [double or single or bare for double, single, bare in _NAME.findall(text)]


def _table_path(header: str, arrays: dict[TomlPath, int], *, repeats: bool) -> TomlPath:
    """The path of a header; each array named on the way stands for its latest table."""
    path: TomlPath = ()
    names = _names(header)
    for place, name in enumerate(names, start=1):
        path = (*path, name)
        if repeats and place == len(names):
            arrays[path] = arrays.get(path, -1) + 1
        if path in arrays:
            path = (*path, arrays[path])
    return path
