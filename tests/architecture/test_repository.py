"""What may lie in the repository: no machine's addresses, no secrets, no stray modules; templates and READMEs in order."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from django.template import TemplateSyntaxError
from django.template.loader import get_template

from tests.architecture.source import APPS, ROOT

TEMPLATES = ROOT / "templates"

# --- what git keeps


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listing.returncode:
        pytest.skip("no git repository here: an exported copy")
    return [ROOT / name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


# Written in pieces, so that this file does not hold what it looks for.
FORBIDDEN = {
    "a package registry": r"(index-url|registry)\s*[=:\s]\s*[\"']?https?:|https?://(registry\.|pypi\.|files\.pythonhosted)",
    "a path of one machine": r"(?<![\w.])/(home|Users)/\w+/|(?<![\w.])/(" + "work|root)/[a-z]" + r"|[A-Z]:\\Users\\",
    "a private key": "-----BEGIN " + r"[A-Z ]*PRIVATE KEY",
    "a token of a service": r"\b(AKIA[0-9A-Z]{16}|gh[pousr]_\w{30,}|xox[abprs]-\w{10,}|sk_live_\w{10,}|glpat-\w{15,})",
    "credentials in an address": r"https?://[^\s/:@{}<>$]+:[^\s/@{}<>$]{6,}@",
}


@pytest.mark.parametrize("kind", sorted(FORBIDDEN))
def test_tracked_files_name_no(kind: str, tracked: list[Path]) -> None:
    pattern = re.compile(FORBIDDEN[kind])
    found = []
    for path in tracked:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {match[0]}" for match in pattern.finditer(text)]
    assert found == []


def test_tracked_files_hold_no_settings_of_one_machine(tracked: list[Path]) -> None:
    names = {".env", "id_rsa", "db.sqlite3", ".DS_Store", "Thumbs.db"}
    found = [
        str(path.relative_to(ROOT))
        for path in tracked
        if path.name in names or path.suffix in {".pyc", ".mo", ".log", ".pem", ".key", ".orig", ".rej"}
    ]
    assert found == []


def test_modules_are_named_by_what_they_hold(tracked: list[Path]) -> None:
    vague = re.compile(r"(utils?|helpers?|common|misc|shared_code|tools)\.(py|js|css)")
    assert [str(path.relative_to(ROOT)) for path in tracked if vague.fullmatch(path.name)] == []


# --- templates

LAYOUTS = {"base.html", "bench.html", "public.html"}
# What shoppers see: whole documents of a shop, made of an approved content; nothing of the back office is in them.
DOCUMENTS = {"storefront/listing.html", "storefront/page.html"}
# Pieces that a page includes or HTMX fetches; everything else is a whole page and extends a layout.
FRAGMENTS = {
    "approvals/inbox/due_count.html",
    "approvals/inbox/due_panel.html",
    "approvals/proofs/list.html",
    "approvals/requests/acts.html",
    "approvals/requests/panel.html",
    "approvals/requests/pictures.html",
    "approvals/requests/runs.html",
    "approvals/rules_content/try_box.html",
    "catalog/listings/entry.html",
    "catalog/listings/lack.html",
    "catalog/photos/card.html",
    "inventory/variant_panel.html",
    "kit/list_table.html",
    "kit/list_tools.html",
    "kit/save_view.html",
    "orders/bench/home_panel.html",
    "orders/desk/customer_panel.html",
    "orders/desk/home_panel.html",
    "orders/desk/order_acts.html",
    "orders/desk/order_holds.html",
    "orders/desk/order_lines.html",
    "orders/desk/order_new_goods.html",
    "orders/desk/order_notes.html",
    "orders/desk/order_people.html",
    "storefront/regions.html",
    "stores/pages/board_lines.html",
    "stores/pages/calendar_entry.html",
    "stores/pages/layout_picture.html",
    "stores/pages/module_field.html",
    "stores/pages/module_words.html",
    "stores/pages/older.html",
    "stores/pages/pairs.html",
    "stores/pages/product_choices.html",
    "stores/proposals/files.html",
    "stores/proposals/panel.html",
}
PIECES = ("cotton/", "shell/", "allauth/elements/", "storefront/modules/")  # whole folders of them
_RICH = "rich text: saving reduces it to a few safe tags, and what is live is exactly what was approved"
UNESCAPED = {
    "cotton/field.html": "help texts are ours, and Django's own forms show theirs the same way",
    "storefront/modules/brand.html": _RICH,
    "storefront/modules/promotion.html": _RICH,
    "storefront/modules/text.html": _RICH,
}
MADE_SAFE = {
    "config/kit/web/columns.py": "a constant",
    "config/kit/web/tags.py": "nothing at all",
}


def _pages() -> dict[str, str]:
    return {path.relative_to(TEMPLATES).as_posix(): path.read_text() for path in sorted(TEMPLATES.rglob("*.html"))}


def test_templates_extend_a_layout_or_are_pieces() -> None:
    lonely = {
        name
        for name, text in _pages().items()
        if not text.lstrip().startswith("{% extends ") and not name.startswith(PIECES) and "/mail/" not in name
    }
    assert lonely == LAYOUTS | DOCUMENTS | FRAGMENTS


def test_templates_compile() -> None:
    """A tag that was not loaded shows only when somebody opens the page: here all of them are read."""
    broken = {}
    for path in sorted(TEMPLATES.rglob("*")):
        if path.is_file():
            try:
                get_template(path.relative_to(TEMPLATES).as_posix())
            except TemplateSyntaxError as error:
                broken[path.relative_to(TEMPLATES).as_posix()] = str(error)
    assert broken == {}


# What the content policy blocks, or would block once it is set as it should be.
INLINE = {
    "script": r"<script(?![^>]*\ssrc=)(?![^>]*type=\"application/json\")",
    "style sheet": r"<style\b",
    "style attribute": r"<[^>]*\sstyle\s*=",
    "event handler": r"<[^>]*\son[a-z]+\s*=",
    "hx-on": r"<[^>]*\shx-on",
    "javascript address": r"(href|src|action)\s*=\s*[\"']javascript:",
    "filter in hx-trigger": r"hx-trigger\s*=\s*\"[^\"]*\[",
}
_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)


@pytest.mark.parametrize("kind", sorted(INLINE))
def test_templates_hold_no_inline(kind: str) -> None:
    pattern = re.compile(INLINE[kind], re.IGNORECASE)
    mails = "/mail/"  # mail programs load no style sheet
    found = [name for name, text in _pages().items() if mails not in name and pattern.search(_TAG.sub("", text))]
    assert found == []


def test_templates_escape_everything() -> None:
    unescaped = {
        name
        for name, text in _pages().items()
        if re.search(r"\|\s*safe(seq)?\b", text) or ("autoescape off" in text and "/mail/" not in name)
    }
    assert unescaped == set(UNESCAPED)


def test_python_makes_no_text_safe() -> None:
    making = {
        path.relative_to(ROOT).as_posix()
        for package in (*APPS, "config")
        for path in (ROOT / package).rglob("*.py")
        if re.search(r"\b(mark_safe|SafeString|SafeText)\(", path.read_text())
    }
    assert making == set(MADE_SAFE)


def test_templates_load_nothing_from_elsewhere() -> None:
    foreign = re.compile(r"<(script|link|img|iframe|source)[^>]*\s(src|href)\s*=\s*[\"'](https?:)?//", re.IGNORECASE)
    assert [name for name, text in _pages().items() if foreign.search(text)] == []


# --- READMEs and decisions

PAGE = 90
LONGER: dict[str, int] = {
    "orders": 100
}  # lock order of the whole house and the column maps stand there; it may only shrink
NOT_BUILT = {"marketing"}  # its README says where its modules will go


@pytest.mark.parametrize("app", APPS)
def test_readme_is_about_a_page(app: str) -> None:
    lines = (ROOT / app / "README.md").read_text(encoding="utf-8").splitlines()
    assert 10 <= len(lines) <= LONGER.get(app, PAGE)


@pytest.mark.parametrize("app", sorted(set(APPS) - NOT_BUILT))
def test_readme_names_modules_that_exist(app: str) -> None:
    text = (ROOT / app / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z_]+(?:/[a-z_]+)*(?:\.py|/))`", text))
    assert [name for name in sorted(named) if not ((ROOT / app / name).exists() or (ROOT / name).exists())] == []


def test_decisions_are_numbered_and_listed() -> None:
    folder = ROOT / "config" / "adr"
    files = sorted(path.name for path in folder.glob("[0-9]*.md"))
    assert [int(name[:4]) for name in files] == list(range(1, len(files) + 1))
    listed = re.findall(r"\[(\d{4})\]\((\d{4}-[a-z0-9-]+\.md)\)", (folder / "README.md").read_text(encoding="utf-8"))
    assert listed == [(name[:4], name) for name in files]


def test_decisions_have_a_title_with_their_number() -> None:
    folder = ROOT / "config" / "adr"
    first_lines = {path.name: path.read_text(encoding="utf-8").split("\n", 1)[0] for path in folder.glob("[0-9]*.md")}
    untitled = {
        name: line for name, line in first_lines.items() if not re.fullmatch(rf"# (ADR )?{name[:4]}[ :.–—-]+\S.*", line)
    }
    assert untitled == {}
