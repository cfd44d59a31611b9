"""The Chinese catalogue says everything that the source marks, completely and with the same values in it."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import polib
import pytest

ROOT = Path(__file__).resolve().parents[2]
# Proper names and codes that Chinese people write in Latin letters too.
LATIN_IN_CHINESE_TOO = {"English"}
_NAMED = re.compile(r"%\(\w+\)[#0 +-]*\d*(?:\.\d+)?[sdifr]|%%|%[sd]|\{\w*\}")
_LATIN = re.compile(r"[A-Za-z]")
_CHINESE = re.compile(r"[\u3400-\u9fff]")


def _extractor() -> ModuleType:
    spec = importlib.util.spec_from_file_location("zhanggui_catalogue", ROOT / "script" / "catalogue.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclass looks its own module up
    spec.loader.exec_module(module)
    return module


extractor = _extractor()


@pytest.fixture(scope="module")
def entries() -> list[polib.POEntry]:
    return [entry for entry in polib.pofile(str(extractor.CATALOGUE)) if not entry.obsolete]


def _words(entry: polib.POEntry) -> str:
    return entry.msgstr or " ".join(entry.msgstr_plural.values())


def test_catalogue_in_step_with_the_source(entries: list[polib.POEntry]) -> None:
    in_catalogue = {(entry.msgctxt, entry.msgid) for entry in entries}
    in_source = set(extractor.collect())
    assert (sorted(in_source - in_catalogue, key=str), sorted(in_catalogue - in_source, key=str)) == ([], []), (
        "run script/messages"
    )


def test_catalogue_every_text_translated(entries: list[polib.POEntry]) -> None:
    assert [entry.msgid for entry in entries if not extractor.is_translated(entry)] == []


def test_catalogue_same_values_in_both_languages(entries: list[polib.POEntry]) -> None:
    # One Chinese form stands for singular and plural, which may say "one" instead of a number.
    differing = [
        (entry.msgid, _words(entry))
        for entry in entries
        if _words(entry)
        and sorted(set(_NAMED.findall(entry.msgid_plural or entry.msgid))) != sorted(set(_NAMED.findall(_words(entry))))
    ]
    assert differing == []


def test_catalogue_says_it_in_chinese(entries: list[polib.POEntry]) -> None:
    left_in_english = [
        entry.msgid
        for entry in entries
        if _words(entry)
        and len(_LATIN.findall(_NAMED.sub("", entry.msgid))) > 3
        and not _CHINESE.search(_words(entry))
        and entry.msgid not in LATIN_IN_CHINESE_TOO
    ]
    assert left_in_english == []


def test_allow_list_holds_no_text_that_is_gone(entries: list[polib.POEntry]) -> None:
    latin_now = {entry.msgid for entry in entries if not _words(entry) or not _CHINESE.search(_words(entry))}
    assert sorted(LATIN_IN_CHINESE_TOO - latin_now) == []


def test_scripts_say_nothing_of_their_own() -> None:
    """No catalogue reaches the browser: templates hand the words over in data attributes."""
    speaking = [path.name for path in (ROOT / "static" / "js").glob("*.js") if "gettext(" in path.read_text()]
    assert speaking == []


def test_extractor_python_reads_every_function_under_any_name() -> None:
    source = """
from django.utils.translation import gettext as _now, gettext_lazy as _, ngettext, pgettext
A = _("one " "text")
B = _now("%(n)s left") % {"n": 1}
C = ngettext("row", "rows", 2)
D = pgettext("verb", "open")
E = _(A)
F = other("not marked")
"""
    found = [(text.context, text.msgid, text.plural) for text in extractor.python_texts(source, "a.py")]
    assert found == [
        (None, "one text", ""),
        (None, "%(n)s left", ""),
        (None, "row", "rows"),
        ("verb", "open", ""),
    ]


def test_extractor_python_refuses_a_text_that_nobody_can_look_up() -> None:
    source = 'from django.utils.translation import gettext as _\nx = 1\nA = _(f"{x} left")\n'
    with pytest.raises(extractor.UnreadableTextError) as refusal:
        extractor.python_texts(source, "a.py")
    assert str(refusal.value) == "a.py:3: put the values in after the translation, not before"


def test_extractor_template_reads_tags_blocks_and_constants() -> None:
    source = (
        '<c-card title="{% translate "Lines (all)" %}">{% chip _("100% paid") "good" %}{{ _("Total")|lower }}'
        "{% blocktranslate count n=rows %}{{ n }} row{% plural %}{{ n }} rows{% endblocktranslate %}"
        '{% blocktranslate trimmed context "mail" %}\n  Dear\n  you\n{% endblocktranslate %}</c-card>'
    )
    found = [(text.context, text.msgid, text.plural) for text in extractor.template_texts(source, "a.html")]
    assert found == [
        (None, "Lines (all)", ""),
        (None, "100%% paid", ""),
        (None, "Total", ""),
        (None, "%(n)s row", "%(n)s rows"),
        ("mail", "Dear you", ""),
    ]


def test_extractor_merge_keeps_words_and_retires_what_is_gone() -> None:
    old = polib.POFile()
    old.append(polib.POEntry(msgid="stays", msgstr="留"))
    old.append(polib.POEntry(msgid="goes", msgstr="走"))
    old.append(polib.POEntry(msgid="goes unsaid", msgstr=""))
    old.append(polib.POEntry(msgid="comes back", msgstr="回", obsolete=True))
    texts = {(None, msgid): extractor.Text(msgid, files=["a.py"]) for msgid in ("new %(n)s", "stays", "comes back")}
    merged = extractor.merged(old, texts)
    assert [(entry.msgid, entry.msgstr, entry.flags, bool(entry.obsolete)) for entry in merged] == [
        ("new %(n)s", "", ["python-format"], False),
        ("stays", "留", [], False),
        ("comes back", "回", [], False),
        ("goes", "走", [], True),
    ]
    again = extractor.merged(merged, texts)
    assert str(again) == str(merged)
