"""Every write can be traced, and services keep to the rhythm of a write: actor, time and reason are arguments."""

from __future__ import annotations

import ast
import inspect
from importlib import import_module

import pytest

from approvals.registries import trail_actions
from tests.architecture.source import APPS, called, imports, modules, modules_of

_PARTY = "told by its caller, which writes the trail"
_CLOCK = "the software's own work by the clock: the actor is the system"
_SET_UP = "set-up after migrate: rows follow a declaration in the code"
_READ = "reads, or computes without writing"

# Public verbs without an actor, and why. Everything else that writes says who acts.
WITHOUT_ACTOR = {
    "approvals.attach_file": _CLOCK,
    "approvals.beat": _CLOCK,
    "approvals.changed": _READ,
    "approvals.claims_of_draft": _READ,
    "approvals.check_draft": _READ,
    "approvals.check_texts": _READ,
    "approvals.fail": _CLOCK,
    "approvals.finish": _CLOCK,
    "approvals.forget_content_rules": _READ,
    "approvals.forget_rules": _READ,
    "approvals.format_in_force": _READ,
    "approvals.mark_read": "a person's own notices: the person is the argument",
    "approvals.notify": _PARTY,
    "approvals.plan_import": _READ,
    "approvals.publish_due": _CLOCK,
    "approvals.report_progress": _CLOCK,
    "approvals.report_security_events": _CLOCK,
    "approvals.reworded": _READ,
    "approvals.run_jobs": _CLOCK,
    "approvals.seal_trail": _CLOCK,
    "approvals.send_digests": _CLOCK,
    "approvals.start_deadlines": _PARTY,
    "approvals.sweep_deadlines": _CLOCK,
    "approvals.sync_content_rules": _SET_UP,
    "approvals.sync_kinds": _SET_UP,
    "approvals.sync_time_rules": _SET_UP,
    "catalog.claim_comparisons": _CLOCK,
    "catalog.claim_push": _CLOCK,
    "catalog.claim_readings": _CLOCK,
    "catalog.compare_notices": _CLOCK,
    "catalog.find_variants": _READ,
    "catalog.index_products": "recomputes search tokens",
    "catalog.make_draft_products": _PARTY,
    "catalog.measure_titles": "writes a figure down",
    "catalog.rank_products": "recomputes ranks",
    "catalog.recheck_all_photos": "recomputes stored checks",
    "catalog.recheck_photos": "recomputes stored checks",
    "customers.claim_message": _CLOCK,
    "customers.find_or_make_customers": _PARTY,
    "customers.queue_messages": _PARTY,
    "orders.quarantine": _CLOCK,
    "orders.store_input": "keeps what came before anybody is known to have sent it",
    "orders.sync_couriers": _SET_UP,
    "stores.sync_employee_rights": "rights follow positions: the actor is the system",
    "stores.sync_roles": _SET_UP,
}
# Public verbs without `now`: nothing in them depends on the time.
WITHOUT_NOW = {
    "approvals.attach_file": "the lease is counted from when the file stands on the disk",
    "approvals.changed": _READ,
    "approvals.check_texts": _READ,
    "approvals.forget_content_rules": _READ,
    "approvals.forget_rules": _READ,
    "approvals.format_in_force": _READ,
    "approvals.plan_import": _READ,
    "approvals.record": "`at`, which defaults to the moment for the admin",
    "approvals.record_many": "`at`",
    "approvals.refused_attempt": "`at`, which defaults to the moment: a refusal has no other time",
    "approvals.reworded": _READ,
    "approvals.run_jobs": "works for minutes: it reads the clock at every step",
    "approvals.sync_content_rules": _SET_UP,
    "approvals.sync_kinds": _SET_UP,
    "approvals.sync_time_rules": _SET_UP,
    "catalog.find_variants": _READ,
    "catalog.index_products": "recomputes search tokens",
    "catalog.rank_products": "recomputes ranks",
    "catalog.recheck_all_photos": "recomputes stored checks",
    "catalog.recheck_photos": "recomputes stored checks",
    "orders.sync_couriers": _SET_UP,
    "stores.delete_view": "a person's own view of a list",
    "stores.save_view": "a person's own view of a list",
    "stores.sync_employee_rights": "takes the day as `today`",
    "stores.sync_roles": _SET_UP,
}
# Public verbs whose first words cannot be mistaken: what is written stands first, as in a sentence.
BY_POSITION = {
    "approvals.attach_file",
    "approvals.beat",
    "approvals.changed",
    "approvals.check_draft",
    "approvals.check_texts",
    "approvals.format_in_force",
    "approvals.notify",
    "approvals.record",
    "approvals.record_many",
    "approvals.refused_attempt",
    "approvals.report_progress",
    "approvals.reworded",
    "approvals.start_deadlines",
}

# Where one failing row, mail or file must not stop the rest; each keeps or logs the error, or raises it again.
CATCHES_ALL = {
    "approvals/services/digests.py": "one person's digest",
    "approvals/services/jobs.py": "one job fails, with its words",
    "catalog/services/prices/turning.py": "one product is left to the next sweep and reported",
    "catalog/tasks.py": "one push is tried again, with the error's name; the rest goes on",
    "config/kit/sweep.py": "one row is postponed and reported",
    "config/kit/web/bulk.py": "one row of many ticked ones",
    "customers/delivery.py": "one mail: the outcome says what went wrong",
    "customers/views/messages.py": "a preview of a mail that cannot be rendered; its error stands beside it",
    "inventory/views/once.py": "gives the ticket back and raises again",
    "orders/api/views.py": "keeps the error beside the raw input and raises it again",
    "orders/services/imports/run.py": "one file is postponed and reported",
}

# Core modules that read the clock themselves, because the moment is not the caller's.
READS_THE_CLOCK = {
    "approvals/selectors/heartbeats.py": "the age of the last sweep, for the health page",
    "approvals/services/jobs.py": "a job runs for minutes, its lease is counted anew at every step",
    "approvals/services/security.py": "a statement that the database refused has no caller who would say when",
    "approvals/services/trail.py": "the admin's log hooks get no time from Django",
    "orders/services/imports/run.py": "a file is read for minutes",
}


def _constants(module: ast.Module) -> set[str]:
    return {node.value for node in ast.walk(module) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_action_registered_is_written_somewhere() -> None:
    written = set().union(*(_constants(module) for name, module in modules() if not name.endswith("/audit.py")))
    unused = {action for action, _declared in trail_actions.items() if action not in written}
    assert unused == set()


def test_action_written_is_registered() -> None:
    known = {action for action, _declared in trail_actions.items()}
    unknown = [
        (name, node.lineno, node.args[0].value)
        for name, module in modules()
        for node in ast.walk(module)
        if isinstance(node, ast.Call)
        and called(node) in ("record", "Act")
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and node.args[0].value not in known
    ]
    assert unknown == []


def _verbs() -> dict[str, inspect.Signature]:
    found = {}
    for app in APPS:
        services = import_module(f"{app}.services")
        for name in getattr(services, "__all__", ()):
            verb = getattr(services, name)
            if inspect.isfunction(verb):
                found[f"{app}.{name}"] = inspect.signature(verb)
    return found


def test_verb_takes_its_arguments_by_name() -> None:
    positional = {
        name
        for name, signature in _verbs().items()
        if any(one.kind is not inspect.Parameter.KEYWORD_ONLY for one in signature.parameters.values())
    }
    assert positional == set(BY_POSITION)


@pytest.mark.parametrize(("argument", "allowed"), [("actor", WITHOUT_ACTOR), ("now", WITHOUT_NOW)])
def test_verb_says_who_acts_and_when(argument: str, allowed: dict[str, str]) -> None:
    lacking = {name for name, signature in _verbs().items() if argument not in signature.parameters}
    assert lacking == set(allowed)


def test_services_list_their_verbs() -> None:
    """An app that has services names its verbs; marketing has none yet."""
    silent = [
        app
        for app in APPS
        if not hasattr(import_module(f"{app}.services"), "__all__") and list(modules_of(app, "services"))
    ]
    assert silent == []


def test_core_knows_no_edge() -> None:
    """Services, selectors, policies and models run without a request, a form or a worker."""
    edges = (
        "celery.",
        "django.http.",
        "django.forms.",
        "django.shortcuts.",
        "django.views.",
        "rest_framework.",
        "django_htmx.",
    )
    crossing = [
        (name, imported)
        for name, module in modules("services", "selectors", "policies", "models", "states", "errors")
        for imported in imports(module)
        if imported.startswith(edges)
    ]
    assert crossing == []


def test_core_reads_no_clock() -> None:
    readers = {
        name
        for name, module in modules("services", "selectors", "policies")
        for node in ast.walk(module)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and getattr(node.func.value, "id", "") in ("timezone", "datetime", "date")
        and (node.func.attr in ("now", "today", "utcnow") or (node.func.attr.startswith("local") and not node.args))
    }
    assert readers == set(READS_THE_CLOCK)


def test_nobody_swallows_every_error() -> None:
    catching = {
        name
        for name, module in modules()
        if not name.startswith("config/launcher/")  # a program of its own that has to stop what it started
        for node in ast.walk(module)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or getattr(node.type, "id", "") in ("Exception", "BaseException"))
    }
    assert catching == set(CATCHES_ALL)


def test_models_save_like_any_other() -> None:
    """No side effects in `save` and `delete`: what a write does stands in its service."""
    tricks = [
        (name, node.name, method.name)
        for name, module in modules("models")
        for node in ast.walk(module)
        if isinstance(node, ast.ClassDef)
        for method in node.body
        if isinstance(method, ast.FunctionDef) and method.name in ("save", "delete", "full_clean", "clean")
    ]
    assert tricks == []


def test_models_send_no_django_signals() -> None:
    """Django's save signals act at a distance; ours are sent by services, after commit."""
    listening = [
        (name, imported)
        for name, module in modules()
        for imported in imports(module)
        if imported.startswith("django.db.models.signals") and not imported.endswith(("post_migrate", "pre_migrate"))
    ]
    assert listening == []
