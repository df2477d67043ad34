"""Reads an instrument file and its manual pages, and says line by line what a person has to mend."""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from mio_fidelity import paths
from mio_fidelity.errors import UserError
from mio_fidelity.instrument.files import PageReader, Pages, check_text, fingerprint, text_on_disk, toml_of
from mio_fidelity.instrument.model import Dimension, Domain, Instrument, NotApplicable, Scale
from mio_fidelity.instrument.own_words import read_own_words
from mio_fidelity.instrument.table import LINE, SENTENCE, TITLE, Problems, Table, unknown

MOST_SCALES = 40
MOST_DIMENSIONS = 4
MOST_POINTS = 10
GENERAL_PAGE = "general"
OWN_WORDS = "self.toml"
COLORS = ("alliance", "psychoeducation", "mentalization")

_HEX_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_SHARE = re.compile(r"([0-9]{1,3})\s*/\s*([1-9][0-9]{0,2})")


def read_instrument(path: Path) -> Instrument:
    """Read ``path`` (a TOML file) and the manual pages in the folder of the same name beside it.

    Raises:
        UserError: names the file, the line and the remedy; one line a problem.
    """
    if path.suffix.lower() != ".toml":
        raise UserError("{file} is not an instrument file; choose one that ends in .toml.", file=path.name)
    text = text_on_disk(path, path.name)
    if text is None:
        raise UserError("{file} was not found; check where the instrument file lies.", file=path.name)
    return _build(path.name, text, lambda page: text_on_disk(path.parent / page, page))


def parse_instrument(files: Mapping[str, str]) -> Instrument:
    """The instrument in ``files`` (name to text), as `Instrument.files` gave them.

    Raises:
        UserError: names the file, the line and the remedy; one line a problem.
    """
    tops = [name for name in files if "/" not in name and name.lower().endswith(".toml")]
    if len(tops) != 1:
        raise UserError(
            "An instrument has exactly one .toml file, but there are {count}; take out or add one.",
            count=len(tops),
        )
    for name, text in files.items():
        check_text(name, text)
    return _build(tops[0], files[tops[0]], files.get)


@cache
def shipped_instrument() -> Instrument:
    """The practice set that comes with the program."""
    return read_instrument(paths.coding_manual() / "practice.toml")


def _build(name: str, text: str, page: PageReader) -> Instrument:
    problems = Problems(name, text)
    root = Table(toml_of(name, text), (), problems)
    root.only("key", "edition", "title", "banner", "missing_share", "dimensions", "domains", "scales")
    key, title, edition = root.key("instrument", ()), root.text("title", TITLE), root.text("edition", 20)
    banner, share = root.text("banner", LINE, default=""), _missing_share(root)
    tables = root.tables("dimensions", MOST_DIMENSIONS)
    dimensions = _dimensions(tables)
    rules = _rules(tables, dimensions)
    pages = Pages(name, page, problems)
    domains = _domains(root, dimensions, pages)
    general = pages.get(GENERAL_PAGE, required=False)
    own_name, own_text = pages.file(OWN_WORDS)
    own = read_own_words(own_name, own_text, dimensions, domains, problems) if own_text else None
    problems.check()
    files = {name: text, **pages.used}
    return Instrument(
        key,
        title,
        edition,
        banner,
        domains,
        dimensions,
        rules,
        share,
        files,
        fingerprint(files),
        general,
        own,
    )


def _missing_share(root: Table) -> float:
    """A number in (0, 1], or a fraction in quotes such as "2/3"; kept exact, 2 of 3 then reaches it."""
    value = root.data.get("missing_share")
    share = 0.0
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 1:
        share = float(value)
    elif isinstance(value, str) and (fraction := _SHARE.fullmatch(value.strip())):
        share = int(fraction[1]) / int(fraction[2])
    if not 0 < share <= 1:
        root.complain(
            "missing_share",
            UserError("'missing_share' must be a share above 0 and up to 1, such as 0.5 or \"2/3\"."),
        )
    return share


def _dimensions(tables: tuple[Table, ...]) -> dict[str, Dimension]:
    dimensions: dict[str, Dimension] = {}
    for table in tables:
        table.only("key", "title", "question", "points", "low", "high", "anchors", "names", "not_applicable")
        key = table.key("dimension", dimensions)
        points = table.integers("points")
        if points and not 2 <= len(points) <= MOST_POINTS:
            table.complain("points", UserError("'points' must list 2 to {most} points.", most=MOST_POINTS))
        dimension = Dimension(
            key=key,
            title=table.text("title", TITLE),
            question=table.text("question", TITLE),
            points=points,
            anchors=table.sentences("anchors", points, SENTENCE),
            low_label=table.text("low", TITLE),
            high_label=table.text("high", TITLE),
            names=table.sentences("names", points, TITLE),
        )
        if key:
            dimensions[key] = dimension
    return dimensions


def _rules(tables: tuple[Table, ...], dimensions: Mapping[str, Dimension]) -> dict[str, NotApplicable]:
    rules: dict[str, NotApplicable] = {}
    for table in tables:
        key = table.written_key()
        if key in dimensions and key not in rules:
            rules[key] = _rule(table.table("not_applicable"), dimensions)
    for table in tables:
        if _depends_on_itself(table.written_key(), rules):
            table.table("not_applicable").complain(
                "when", UserError("this rule depends on itself through other rules; break the circle.")
            )
    return rules


def _rule(table: Table, dimensions: Mapping[str, Dimension]) -> NotApplicable:
    table.only("when", "at", "coder_may_choose")
    may_choose = table.flag("coder_may_choose")
    if "when" not in table.data and "at" not in table.data:
        return NotApplicable(coder_may_choose=may_choose)
    when, at = table.text("when", 40), table.integers("at")
    if when not in dimensions:
        if when:
            table.complain("when", unknown("dimension", when, dimensions))
        return NotApplicable(coder_may_choose=may_choose)
    points = dimensions[when].points
    if points and (not set(at) <= set(points) or set(at) == set(points)):
        table.complain(
            "at",
            UserError(
                "'at' must list some, not all, of the points of '{dimension}': {points}.",
                dimension=when,
                points=", ".join(map(str, points)),
            ),
        )
    return NotApplicable(when, at, may_choose)


def _depends_on_itself(key: str, rules: Mapping[str, NotApplicable]) -> bool:
    seen: set[str] = set()
    step: str | None = key
    while step is not None and step not in seen:
        seen.add(step)
        step = rules[step].when if step in rules else None
    return step == key


def _domains(root: Table, dimensions: Mapping[str, Dimension], pages: Pages) -> tuple[Domain, ...]:
    tables = root.tables("domains", MOST_SCALES)
    domains: dict[str, Domain] = {}
    for table in tables:
        table.only("key", "title", "color")
        key, title, color = table.key("domain", domains), table.text("title", TITLE), table.text("color", 20)
        if color and color not in COLORS and not _HEX_COLOR.fullmatch(color):
            table.complain(
                "color",
                UserError(
                    "'color' must be one of {colors}, or a color such as \"#0072b2\".",
                    colors=", ".join(COLORS),
                ),
            )
        if key:
            domains[key] = Domain(key, title, color, ())
    scales = _scales(root, dimensions, domains, pages)
    for table in tables:
        if scales and table.written_key() not in {scale.domain for scale in scales}:
            table.complain("key", UserError("no scale names this domain; give it a scale or take it out."))
    return _numbered(domains, scales)


def _scales(
    root: Table, dimensions: Mapping[str, Dimension], domains: Mapping[str, Domain], pages: Pages
) -> list[Scale]:
    scales: dict[str, Scale] = {}
    for table in root.tables("scales", MOST_SCALES):
        table.only("key", "domain", "title", "cue", "dimensions", "anchors")
        key, domain = table.key("scale", scales), table.text("domain", 40)
        if key == GENERAL_PAGE:
            table.complain(
                "key",
                UserError("'{key}' is the name of the page on how to rate; choose another key.", key=key),
            )
        if domain and domain not in domains:
            table.complain("domain", unknown("domain", domain, domains))
        rated = table.names("dimensions", "dimension", dimensions)
        scale = Scale(
            key=key,
            number=0,
            title=table.text("title", TITLE),
            cue=table.text("cue", LINE, default=""),
            domain=domain,
            dimensions=rated,
            anchors=_own_anchors(table.table("anchors"), rated, dimensions),
            page=pages.get(key) if key else "",
        )
        if key:
            scales[key] = scale
    return list(scales.values())


def _own_anchors(
    table: Table, rated: tuple[str, ...], dimensions: Mapping[str, Dimension]
) -> dict[str, dict[int, str]]:
    for name in table.data:
        if name not in rated:
            table.complain(name, unknown("dimension of this scale", name, rated))
    return {
        name: table.sentences(name, dimensions[name].points, SENTENCE) for name in rated if name in table.data
    }


def _numbered(domains: Mapping[str, Domain], scales: list[Scale]) -> tuple[Domain, ...]:
    """The domains with their scales, numbered through in the order of the form."""
    number = 0
    filled = []
    for domain in domains.values():
        members = []
        for scale in scales:
            if scale.domain == domain.key:
                number += 1
                members.append(replace(scale, number=number))
        filled.append(replace(domain, scales=tuple(members)))
    return tuple(filled)
