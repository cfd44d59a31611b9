"""Lists of content rules as files: written down, read back, compared with what is there. Pure functions."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext

from approvals.policies.phrases import fold, pattern_problem
from approvals.states import Severity

COLUMNS = ("code", "phrase", "pattern", "exceptions", "severity", "note", "is_active")
MAX_ROWS = 5_000
MAX_FILE = 1_000_000
BETWEEN = " | "
"""Stands between the exceptions of one rule: no phrase holds it."""
_CODE = re.compile(r"[-a-zA-Z0-9_]{1,64}")
_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_YES = frozenset({"", "1", "yes", "true", "on", "是", "启用"})
_NO = frozenset({"0", "no", "false", "off", "否", "停用"})


@dataclass(frozen=True, slots=True)
class RuleText:
    """What one content rule says. `exceptions` are phrases in which `phrase` is allowed."""

    phrase: str = ""
    pattern: str = ""
    exceptions: tuple[str, ...] = ()
    severity: str = Severity.BLOCK
    note: str = ""
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row of a file cannot be taken. `line` counts from 1, the heading included; 0 means the whole file."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class RulePlan:
    """What a file would do: rules to add and to change (before, after), how many stay, and what is wrong with it."""

    added: dict[str, RuleText] = field(default_factory=dict)
    changed: dict[str, tuple[RuleText, RuleText]] = field(default_factory=dict)
    same: int = 0
    problems: tuple[RowProblem, ...] = ()


def rule_problem(rule: RuleText) -> tuple[str, str] | None:
    """The field and the reason why a rule could not be searched with, in the reader's language; None when it can."""
    if bool(rule.phrase) == bool(rule.pattern):
        return "phrase", gettext("Give either a phrase or a pattern.")
    if rule.severity not in Severity.values:
        return "severity", gettext("The severity is one of: %(choices)s.") % {"choices": ", ".join(Severity.values)}
    if rule.pattern:
        if rule.exceptions:
            return "exceptions", gettext("Only a phrase has exceptions; a pattern says itself what it leaves out.")
        problem = pattern_problem(rule.pattern)
        return ("pattern", problem) if problem else None
    if len(rule.phrase) > 120 or any(len(text) > 120 for text in rule.exceptions):
        return "phrase", gettext("A phrase has at most 120 characters.")
    if not fold(rule.phrase):
        return "phrase", gettext("A phrase holds at least one letter or figure.")
    for text in rule.exceptions:
        if fold(rule.phrase) not in fold(text):
            return "exceptions", gettext("“%(text)s” does not hold the phrase, so it excuses nothing.") % {"text": text}
    if len(rule.note) > 300:
        return "note", gettext("A note has at most 300 characters.")
    return None


def decoded(data: bytes) -> str:
    """A file's text: UTF-8, or GB 18030 as Chinese spreadsheets write it. Raises ValueError for anything else."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError("neither UTF-8 nor GB 18030")


def plan_of(text: str, there: Mapping[str, RuleText]) -> RulePlan:
    """What the rows of a CSV text would change in a list whose rules by code are `there`.

    The first row names the columns; `code` and one of `phrase` and `pattern` are needed. A column that is missing leaves that
    fact of a rule as it is. Rules that the file does not name stay as they are.
    """
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")), strict=True)
    added: dict[str, RuleText] = {}
    changed: dict[str, tuple[RuleText, RuleText]] = {}
    problems: list[RowProblem] = []
    same = 0
    seen: set[str] = set()
    try:
        names = [name.strip().lower() for name in reader.fieldnames or ()]
        if "code" not in names or not {"phrase", "pattern"} & set(names):
            asked = ", ".join(COLUMNS)
            words = gettext("The first row names the columns: %(columns)s.") % {"columns": asked}
            return RulePlan(problems=(RowProblem(1, words),))
        reader.fieldnames = names
        for row in reader:
            line = reader.line_num
            if line > MAX_ROWS + 1:
                words = gettext("At most %(limit)s rules are read at once.") % {"limit": MAX_ROWS}
                problems.append(RowProblem(line, words))
                break
            cells = {name: _cell(value) for name, value in row.items() if isinstance(value, str | None)}
            if not any(cells.values()):
                continue
            code = cells.get("code", "")
            before = there.get(code)
            problem, after = _read(cells, before, row)
            if problem is None and code in seen:
                problem = gettext("“%(code)s” stands in the file twice.") % {"code": code}
            seen.add(code)
            if problem is not None or after is None:
                problems.append(RowProblem(line, problem or ""))
            elif before is None:
                added[code] = after
            elif before != after:
                changed[code] = (before, after)
            else:
                same += 1
    except csv.Error as error:
        problems.append(RowProblem(reader.line_num, gettext("This is not CSV: %(error)s.") % {"error": error}))
    return RulePlan(added, changed, same, tuple(problems))


def exceptions_of(text: str) -> tuple[str, ...]:
    """Exceptions as they are typed: one per line, or with | between."""
    parts = (part.strip() for part in re.split(r"[|\r\n]+", text))
    return tuple(dict.fromkeys(part for part in parts if part))


def exceptions_as_text(exceptions: Iterable[str]) -> str:
    """Exceptions for a file."""
    return BETWEEN.join(exceptions)


def _cell(value: str | None) -> str:
    """A cell's text, without the apostrophe that an export puts before what a spreadsheet would run."""
    text = (value or "").strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA_STARTS) else text


def _read(
    cells: Mapping[str, str], before: RuleText | None, row: Mapping[str | None, object]
) -> tuple[str | None, RuleText | None]:
    if not _CODE.fullmatch(cells.get("code", "")):
        return gettext("The code is made of letters, figures, - and _, at most 64."), None
    if None in row:
        return gettext("It has more cells than the first row has columns."), None
    known = before or RuleText()
    switch = cells.get("is_active", "").lower() if "is_active" in cells else ("1" if known.is_active else "0")
    if switch not in _YES | _NO:
        return gettext("is_active is yes or no."), None
    after = RuleText(
        phrase=cells.get("phrase", known.phrase),
        pattern=cells.get("pattern", known.pattern),
        exceptions=exceptions_of(cells["exceptions"]) if "exceptions" in cells else known.exceptions,
        severity=cells.get("severity", "").lower() or str(known.severity),
        note=cells.get("note", known.note),
        is_active=switch in _YES,
    )
    problem = rule_problem(after)
    return (problem[1], None) if problem else (None, after)
