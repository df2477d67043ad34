"""A table of an instrument file that knows where it stands and gathers what is wrong with it."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import reduce
from itertools import pairwise

from mio_fidelity.errors import UserError
from mio_fidelity.instrument.lines import TomlPath, line_index, line_of

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
MOST_PROBLEMS = 20
# Most characters of a title, a line, a sentence.
TITLE, LINE, SENTENCE = 60, 120, 400
_SHOWN = 60
_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,2}")


@dataclass(slots=True)
class Problems:
    """Everything wrong with one instrument file, so that a person can mend all of it at once."""

    file: str
    text: str
    found: list[tuple[TomlPath, UserError]] = field(default_factory=list)
    beside: list[UserError] = field(default_factory=list)

    def check(self) -> None:
        """Go on only when nothing is wrong.

        Raises:
            UserError: one line a problem, in the order of the file, other files last.
        """
        if not self.found and not self.beside:
            return
        errors = self.located() + self.beside
        shown = errors[:MOST_PROBLEMS]
        if len(errors) > MOST_PROBLEMS:
            shown.append(UserError("... and {count} more.", count=len(errors) - MOST_PROBLEMS))
        raise reduce(lambda first, rest: UserError("{first}\n{rest}", first=first, rest=rest), shown)

    def located(self) -> list[UserError]:
        """What is wrong in this file, in its order, each with its line."""
        index = line_index(self.text)
        lines = [(line_of(path, index), problem) for path, problem in self.found]
        lines.sort(key=lambda item: item[0] or 0)
        return [self._located(line, problem) for line, problem in lines]

    def _located(self, line: int | None, problem: UserError) -> UserError:
        if line is None:
            return UserError("{file}: {problem}", file=self.file, problem=problem)
        return UserError("{file}, line {line}: {problem}", file=self.file, line=line, problem=problem)


@dataclass(slots=True)
class Table:
    """One table of the file. What is missing or wrong is noted as a problem and read as something empty."""

    data: dict[str, object]
    path: TomlPath
    problems: Problems

    def complain(self, name: str, problem: UserError) -> None:
        """Note that the value of ``name`` in this table is wrong."""
        self.problems.found.append(((*self.path, name), problem))

    def only(self, *known: str) -> None:
        """Note every key that is not one of ``known``."""
        for name in self.data:
            if name not in known:
                self.complain(name, unknown("key", name, known))

    def text(self, name: str, longest: int, default: str | None = None) -> str:
        """One line of text of at most ``longest`` characters; required when there is no ``default``."""
        if name not in self.data and default is not None:
            return default
        value = self._required(name, '{key} = "..."')
        if value is None:
            return ""
        if not isinstance(value, str):
            self.complain(name, UserError("'{key}' must be text; put it between quotation marks.", key=name))
            return ""
        line = " ".join(value.split())
        if not line and default is None:
            self.complain(name, UserError("'{key}' is empty; write something between the quotes.", key=name))
        if len(line) > longest:
            self.complain(
                name,
                UserError(
                    "'{key}' has {length} characters; shorten it to {longest} or fewer.",
                    key=name,
                    length=len(line),
                    longest=longest,
                ),
            )
        if any(ord(letter) < 32 or ord(letter) == 127 for letter in line):
            self.complain(name, UserError("'{key}' contains control characters; remove them.", key=name))
        return line

    def key(self, kind: str, taken: Collection[str]) -> str:
        """The table's own key, which no other table of its ``kind`` may have; "" when it cannot be used."""
        key = self.text("key", 40)
        if not key:
            return ""
        if not KEY.fullmatch(key):
            self.complain(
                "key",
                UserError(
                    "'{key}' cannot be a key; use small letters, digits and _, beginning with a letter.",
                    key=key[:_SHOWN],
                ),
            )
            return ""
        if key in taken:
            self.complain(
                "key",
                UserError("{kind} '{key}' appears twice; give each {kind} its own key.", kind=kind, key=key),
            )
            return ""
        return key

    def written_key(self) -> str:
        """The key as it stands in the file, good or bad; "" when there is none."""
        key = self.data.get("key")
        return key if isinstance(key, str) else ""

    def flag(self, name: str) -> bool:
        """True or false; false when absent."""
        value = self.data.get(name, False)
        if not isinstance(value, bool):
            self.complain(name, UserError("'{key}' must be true or false, without quotes.", key=name))
        return value is True

    def integers(self, name: str) -> tuple[int, ...]:
        """A required list of whole numbers from -99 to 99, each greater than the one before."""
        value = self._required(name, "{key} = [1, 2, 3]")
        if value is None:
            return ()
        numbers = value if isinstance(value, list) else []
        whole = [number for number in numbers if type(number) is int and -99 <= number <= 99]
        ascending = all(low < high for low, high in pairwise(whole))
        if not whole or len(whole) != len(numbers) or not ascending:
            self.complain(
                name,
                UserError(
                    "'{key}' must list whole numbers from low to high, such as [1, 2, 3, 4, 5].", key=name
                ),
            )
            return ()
        return tuple(whole)

    def names(self, name: str, kind: str, known: Collection[str]) -> tuple[str, ...]:
        """A list of some of the ``known`` keys of a ``kind``, each once; all of them when absent."""
        if name not in self.data:
            return tuple(known)
        value = self.data[name]
        listed = [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
        if not isinstance(value, list) or not listed or len(set(listed)) != len(value):
            self.complain(
                name,
                UserError(
                    "'{key}' must list each {kind} once, such as [\"fidelity\"]; leave it out to use all.",
                    key=name,
                    kind=kind,
                ),
            )
            return ()
        for item in listed:
            if item not in known:
                self.complain(name, unknown(kind, item, known))
        return tuple(item for item in known if item in listed)

    def sentences(self, name: str, points: tuple[int, ...], longest: int) -> dict[int, str]:
        """A table of point to text, empty when absent."""
        table = self.table(name)
        sentences: dict[int, str] = {}
        for written in table.data:
            point = int(written) if _WHOLE_NUMBER.fullmatch(written) else None
            if point is None or (points and point not in points):
                listed = ", ".join(map(str, points))
                table.complain(
                    written,
                    UserError(
                        "'{point}' is not a point of this dimension; its points are {points}.",
                        point=written[:_SHOWN],
                        points=listed,
                    ),
                )
            elif point in sentences:
                table.complain(
                    written, UserError("point {point} appears twice; keep one of the two.", point=point)
                )
            else:
                sentences[point] = table.text(written, longest)
        return dict(sorted(sentences.items()))

    def table(self, name: str) -> "Table":
        """The table called ``name`` inside this one, empty when absent."""
        value = self.data.get(name, {})
        if not isinstance(value, dict):
            self.complain(
                name,
                UserError(
                    "'{key}' must be a table; write it as [{header}] with its keys below.",
                    key=name,
                    header=self._header(name),
                ),
            )
        return Table(value if isinstance(value, dict) else {}, (*self.path, name), self.problems)

    def tables(self, name: str, most: int) -> tuple["Table", ...]:
        """The 1 to ``most`` tables headed ``[[name]]``."""
        value = self.data.get(name, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.complain(
                name, UserError("'{key}' must be written as tables, each headed [[{key}]].", key=name)
            )
            return ()
        if not 1 <= len(value) <= most:
            self.complain(
                name,
                UserError(
                    "there are {count} tables headed [[{key}]]; give 1 to {most}.",
                    count=len(value),
                    key=name,
                    most=most,
                ),
            )
            return ()
        return tuple(
            Table(item, (*self.path, name, place), self.problems) for place, item in enumerate(value)
        )

    def _required(self, name: str, example: str) -> object:
        if name not in self.data:
            self.complain(
                name,
                UserError(
                    "'{key}' is missing; add a line {example}", key=name, example=example.format(key=name)
                ),
            )
        return self.data.get(name)

    def _header(self, name: str) -> str:
        return ".".join([*(part for part in self.path if isinstance(part, str)), name])


def unknown(kind: str, name: str, known: Collection[str]) -> UserError:
    """That there is no ``name`` of this ``kind``, with the likeliest or all of the ``known`` ones."""
    name = name[:_SHOWN]
    nearest = get_close_matches(name, known, n=1)
    if nearest:
        return UserError(
            "unknown {kind} '{name}'; did you mean '{nearest}'?", kind=kind, name=name, nearest=nearest[0]
        )
    listed = ", ".join(known)
    return UserError("unknown {kind} '{name}'; use one of: {listed}.", kind=kind, name=name, listed=listed)
