"""Collects the texts that the source marks for translation and merges them into the catalogue.

Called by script/messages, which says how, and by the test that holds the catalogue in step.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polib
from django.utils.translation.template import templatize

PROJECT = Path(__file__).resolve().parent.parent
CATALOGUE = PROJECT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
LANGUAGE = "zh_Hans"
HEADER = {
    "Project-Id-Version": "Zhanggui",
    "Language": LANGUAGE,
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}
WIDTH = 120

# Where in its arguments each function takes context, singular and plural.
_SINGLE, _PLURAL = {"msgid": 0}, {"msgid": 0, "plural": 1}
_IN_CONTEXT, _PLURAL_IN_CONTEXT = {"context": 0, "msgid": 1}, {"context": 0, "msgid": 1, "plural": 2}
FUNCTIONS: dict[str, dict[str, int]] = {
    **dict.fromkeys(("gettext", "gettext_lazy", "gettext_noop"), _SINGLE),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), _PLURAL),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), _IN_CONTEXT),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), _PLURAL_IN_CONTEXT),
}
_TEMPLATE_CALL = re.compile(r"(?<![\w.])(_|n?p?gettext)\(")
_NAMED = re.compile(r"%\(\w+\)[#0 +-]*\d*(?:\.\d+)?[sdifr]|%[sd]")

Key = tuple[str | None, str]


class UnreadableTextError(ValueError):
    """A call marks something for translation that nobody can look up: an f-string, a sum."""


@dataclass(slots=True)
class Text:
    """One marked text and the files that say it."""

    msgid: str
    plural: str = ""
    context: str | None = None
    files: list[str] = field(default_factory=list)

    @property
    def key(self) -> Key:
        """Under what the catalogue keeps it."""
        return self.context, self.msgid


def collect(project: Path = PROJECT) -> dict[Key, Text]:
    """Every marked text of the project's own Python and templates, in the order of files and lines.

    Raises UnreadableTextError with file and line.
    """
    found: dict[Key, Text] = {}
    for path, texts in _sources(project):
        for text in texts:
            known = found.setdefault(text.key, text)
            known.plural = known.plural or text.plural
            if path not in known.files:
                known.files.append(path)
    return found


def _sources(project: Path) -> Iterator[tuple[str, list[Text]]]:
    packages = sorted(path.parent for path in project.glob("*/apps.py"))
    for package in packages:
        for path in sorted(package.rglob("*.py")):
            if "migrations" not in path.parts:
                name = path.relative_to(project).as_posix()
                yield name, python_texts(path.read_text(encoding="utf-8"), name)
    for path in sorted((project / "templates").rglob("*")):
        if path.is_file():
            name = path.relative_to(project).as_posix()
            yield name, template_texts(path.read_text(encoding="utf-8"), name)


def python_texts(source: str, name: str) -> list[Text]:
    """What a Python module marks, by whatever name it imported Django's functions."""
    tree = ast.parse(source, name)
    aliases = {
        alias.asname or alias.name: FUNCTIONS[alias.name]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.name in FUNCTIONS
    }
    calls = [
        (node.lineno, node.col_offset, aliases[node.func.id], node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in aliases
    ]
    calls.sort(key=lambda call: call[:2])
    found = [_text(places, node, f"{name}:{line}") for line, _column, places, node in calls]
    return [text for text in found if text is not None]


def template_texts(source: str, name: str) -> list[Text]:
    """What a template marks: its tags, and `_("…")` in tags and variables."""
    flat = templatize(source, origin=name)
    found = []
    for match in _TEMPLATE_CALL.finditer(flat):
        call = _call_at(flat, match.start())
        where = f"{name}: {flat[match.start() : match.start() + 60]!r}"
        text = _text(FUNCTIONS.get(match[1], _SINGLE), call, where)
        if text is not None:
            if match[1] == "_":  # Django doubles the sign before it looks up a constant of a template
                text.msgid = text.msgid.replace("%", "%%")
            found.append(text)
    return found


def _call_at(flat: str, start: int) -> ast.Call:
    end = start
    while (end := flat.find(")", end) + 1) > 0:
        try:
            call = ast.parse(flat[start:end], mode="eval").body
        except SyntaxError:
            continue
        if isinstance(call, ast.Call):
            return call
    raise UnreadableTextError(f"cannot read {flat[start : start + 60]!r}")


def _text(places: dict[str, int], call: ast.Call, where: str) -> Text | None:
    """The call's text; None when it looks up a variable, whose value is marked elsewhere."""
    values: dict[str, str] = {}
    for name, place in places.items():
        argument = call.args[place]
        if isinstance(argument, ast.JoinedStr | ast.BinOp):
            raise UnreadableTextError(f"{where}: put the values in after the translation, not before")
        if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
            return None
        values[name] = argument.value
    return Text(values["msgid"], values.get("plural", ""), values.get("context"))


def merged(catalogue: polib.POFile, texts: dict[Key, Text]) -> polib.POFile:
    """A catalogue of exactly `texts` with the translations that `catalogue` knows; what nobody says now is obsolete."""
    fresh = polib.POFile(wrapwidth=WIDTH)
    fresh.metadata = dict(HEADER)
    known = {(entry.msgctxt, entry.msgid): entry for entry in catalogue}
    for text in texts.values():
        fresh.append(_entry(text, known.get(text.key)))
    for entry in catalogue:
        has_words = entry.msgstr or any(entry.msgstr_plural.values())
        if (entry.msgctxt, entry.msgid) not in texts and has_words:
            entry.obsolete, entry.occurrences = True, []
            fresh.append(entry)
    return fresh


def _entry(text: Text, old: polib.POEntry | None) -> polib.POEntry:
    entry = polib.POEntry(
        msgid=text.msgid,
        msgctxt=text.context,
        occurrences=[(file, "") for file in text.files],
        msgid_plural=text.plural,
    )
    if _NAMED.search(text.msgid):
        entry.flags.append("python-format")
    if old is not None:
        entry.tcomment = old.tcomment
        if old.fuzzy:
            entry.flags.append("fuzzy")
    kept = (old.msgstr or next(iter(old.msgstr_plural.values()), "")) if old is not None else ""
    if text.plural:
        entry.msgstr_plural = {0: kept}
    else:
        entry.msgstr = kept
    return entry


def is_translated(entry: polib.POEntry) -> bool:
    """Whether it has words that the site will show."""
    return bool(entry.translated()) and not entry.fuzzy


def main(arguments: list[str]) -> int:
    """Write the catalogue, or only tell about it."""
    before = CATALOGUE.read_text(encoding="utf-8") if CATALOGUE.exists() else ""
    old = polib.pofile(str(CATALOGUE), wrapwidth=WIDTH) if before else polib.POFile(wrapwidth=WIDTH)
    new = merged(old, collect())
    after = f"{new}\n"
    entries = [entry for entry in new if not entry.obsolete]
    left = [entry for entry in entries if not is_translated(entry)]
    if "--todo" in arguments:
        for entry in left:
            print(f"{entry.msgid!r}\n    {', '.join(file for file, _line in entry.occurrences)}")
        return 0
    if "--check" in arguments:
        print("in step with the source" if after == before else "behind the source: run script/messages")
        return int(after != before)
    if after != before:
        CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
        draft = CATALOGUE.with_suffix(".new")
        draft.write_text(after, encoding="utf-8")
        draft.replace(CATALOGUE)
    print(f"{len(entries)} texts, {len(left)} without a translation")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
