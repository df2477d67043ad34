#!/usr/bin/env python3
"""Gathers every string of the program that is to be translated, in a file for Qt Linguist.

    .venv/bin/python resources/translations/extract.py [FILE.ts]

Qt's own tool finds what the windows say. What the core says to a person (`UserError`, `Sentence`, the
problems of a recording, the help of the settings, the reasons and flags of an estimate) is written where it
happens and translated by the windows; this script finds it in the syntax tree and hands it to the same tool.
"""

import ast
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCE = HERE.parents[1] / "mio_fidelity"
# Who is called, under which name it is translated, and which of its arguments is the sentence.
CALLS = {
    "UserError": ("UserError", 0),
    "Problem": ("UserError", 1),
    "Setting": ("Settings", 2),
    "Sentence": ("Estimate", 0),
}
# Sentences that are kept in a table until they are needed.
TABLES = {"_SENTENCES": "UserError", "REASONS": "Estimate", "FLAGS": "Estimate"}


def main() -> int:
    """Write the file; the exit code of Qt's tool."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "mio_fidelity_template.ts"
    found = sorted({each for path in sorted(SOURCE.rglob("*.py")) for each in strings(path)})
    with tempfile.TemporaryDirectory() as place:
        core = Path(place) / "core.py"
        core.write_text("".join(f"QCoreApplication.translate({c!r}, {s!r})\n" for c, s in found), "utf-8")
        tool = Path(sys.executable).with_name("pyside6-lupdate")
        windows = sorted((SOURCE / "gui").rglob("*.py"))
        options = ["-locations", "none", "-no-obsolete", "-source-language", "en"]
        return subprocess.run([tool, *windows, core, *options, "-ts", target], check=False).returncode


def strings(path: Path) -> Iterator[tuple[str, str]]:
    """Each (context, sentence) of one file of the program."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            context, place = CALLS[node.func.id]
            if len(node.args) > place:
                yield from ((context, text) for text in literals(node.args[place]))
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value:
            target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            context = TABLES.get(target.id, "") if isinstance(target, ast.Name) else ""
            yield from ((context, text) for text in literals(node.value) if context and " " in text[:-1])


def literals(node: ast.AST) -> Iterator[str]:
    """Every text written out in this expression."""
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value


if __name__ == "__main__":
    sys.exit(main())
