"""The base of every admin page: reference data may be edited with a reason; status, stock and money never."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from allauth.account.decorators import secure_admin_login
from django import forms
from django.contrib import admin, messages
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.kit.seams import seam
from config.kit.web.acting import actor_of

REASON = "change_reason"
ADDED, CHANGED, DELETED = "backoffice.added", "backoffice.changed", "backoffice.deleted"
_STATE_OR_STOCK = re.compile(
    r"(.+_)?(state|status)|on_hand|reserved|available|in_transit|(quantity|stock)(_.+)?|.+_(quantity|stock)"
)
_MONEY = re.compile(r"(.+_)?(amount|price|total|balance|cost)(_.+)?")
_ID_LIST = re.compile(r"\s*\d+(\s*[,，;\s]\s*\d+)*\s*")
_SECRET = re.compile(r"password|secret|token|key_hash")
_COVERED = "***"


if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
else:
    _ModelAdmin = admin.ModelAdmin  # generic for the type checker only


class ReasonForm(forms.Form):
    """The question why; mixed into whatever form an admin class has."""

    change_reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("Kept in the trail with what was there before."),
        widget=forms.Textarea(attrs={"rows": 2, "cols": 80}),
    )


class OperationsAdmin(_ModelAdmin):
    """ModelAdmin for operations.

    - No add and no delete unless the class says `allow_add` or `allow_delete`; never the bulk "delete selected".
    - Fields whose name says status, stock or money are read-only, and those in `guarded_fields`; `open_fields` names
      exceptions (a price limit in a rule is a setting, not money).
    - Every change asks for a reason and writes a trail row with before and after; unchanged saves write nothing.
    - The search box takes a list of ids ("12, 15, 19") besides `search_fields`.
    """

    allow_add = False
    allow_change = True
    allow_delete = False
    guarded_fields: Sequence[str] = ()
    open_fields: Sequence[str] = ()
    list_select_related: ClassVar[Any] = True
    list_per_page = 50
    show_full_result_count = False
    search_fields: ClassVar[Any] = ("=pk",)
    search_help_text = _("Several ids: 12, 15, 19")
    save_on_top = False
    view_on_site = False
    delete_confirmation_template = "admin/reasoned_delete.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only where the class allows it and the person may."""
        return self.allow_add and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only where the class allows it and the person may."""
        return self.allow_change and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only where the class allows it and the person may."""
        return self.allow_delete and super().has_delete_permission(request, obj)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Bulk deletion has no reason and no preview worth the name."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What the class says, and everything that looks like status or stock; money once it stands there."""
        named = list(super().get_readonly_fields(request, obj))
        editable = [field.name for field in self.model._meta.concrete_fields if field.editable]
        guarded = [
            name for name in editable if name not in named and name not in self.open_fields and self._guards(name, obj)
        ]
        return [*named, *guarded]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The class's own form with the reason added."""
        own: Any = getattr(self, "add_form", self.form) if obj is None else self.form
        form: Any = kwargs.get("form") or own
        if self._may_write(request, obj) and REASON not in form.base_fields:
            kwargs["form"] = type(form)(form.__name__, (form, ReasonForm), {"__module__": form.__module__})
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The reason stands last; readers see none."""
        fields = [name for name in super().get_fields(request, obj) if name != REASON]
        return [*fields, REASON] if self._may_write(request, obj) else fields

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A class with fieldsets of its own gets one more for the reason."""
        fieldsets = list(super().get_fieldsets(request, obj))
        shown = {name for _title, options in fieldsets for name in options["fields"]}
        if REASON not in shown and self._may_write(request, obj):
            fieldsets.append((None, {"fields": [REASON]}))
        return fieldsets

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """A list of numbers finds those ids, and whatever the search fields find."""
        found, has_duplicates = super().get_search_results(request, queryset, search_term)
        if "," not in search_term and "，" not in search_term and " " not in search_term.strip():
            return found, has_duplicates
        if _ID_LIST.fullmatch(search_term):
            return queryset.filter(pk__in=[int(number) for number in re.findall(r"\d+", search_term)]), False
        return found, has_duplicates

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Remember what was there before, then save."""
        before = self._kept(obj.pk, form.changed_data) if change else {}
        request.backoffice_before = before  # type: ignore[attr-defined]
        request.backoffice_reason = form.cleaned_data.get(REASON, "")  # type: ignore[attr-defined]
        super().save_model(request, obj, form, change)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """One trail row for the new object, after its relations are saved."""
        fields = [field.name for field in self.model._meta.concrete_fields if not field.primary_key]
        changes = {name: [None, value] for name, value in self._kept(obj.pk, fields).items() if value not in (None, "")}
        self._record(ADDED, obj, request, {**changes, **_inline_changes(message)})
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """One trail row with before and after; none when nothing differs."""
        before: dict[str, Any] = getattr(request, "backoffice_before", {})
        after = self._kept(obj.pk, list(before))
        changes = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
        changes.update(_inline_changes(message))
        if not hasattr(request, "backoffice_before"):  # not through the form: Django's own password page
            changes["password"] = [_COVERED, _COVERED]
        if changes:
            self._record(CHANGED, obj, request, changes)
        return super().log_change(request, obj, message)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Deleting asks for a reason too."""
        if request.method == "POST" and not request.POST.get(REASON, "").strip():
            messages.error(request, gettext("Nothing was deleted: give the reason."))
            return HttpResponseRedirect(request.get_full_path())
        return super().delete_view(request, object_id, extra_context)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Write the trail row with what goes away, then delete."""
        request.backoffice_reason = request.POST.get(REASON, "").strip()  # type: ignore[attr-defined]
        fields = [field.name for field in self.model._meta.concrete_fields if not field.primary_key]
        gone = {name: [value, None] for name, value in self._kept(obj.pk, fields).items() if value not in (None, "")}
        with transaction.atomic():
            self._record(DELETED, obj, request, gone)
            super().delete_model(request, obj)

    def _guards(self, name: str, obj: Any) -> bool:
        if name in self.guarded_fields or _STATE_OR_STOCK.fullmatch(name):
            return True
        return obj is not None and _MONEY.fullmatch(name) is not None

    def _may_write(self, request: HttpRequest, obj: Any) -> bool:
        return self.has_change_permission(request, obj) if obj is not None else self.has_add_permission(request)

    def _record(self, action: str, obj: Any, request: HttpRequest, changes: dict[str, Any]) -> None:
        reason = getattr(request, "backoffice_reason", "")
        seam("TRAIL_RECORD")(action, obj, actor=actor_of(request), reason=reason, changes=changes)

    def _kept(self, pk: Any, names: Sequence[str]) -> dict[str, Any]:
        """Values of fields as the trail keeps them, read from the database: text, secrets covered."""
        row = self.model._default_manager.filter(pk=pk).first()
        known = {field.name: field for field in (*self.model._meta.concrete_fields, *self.model._meta.many_to_many)}
        return {name: _as_kept(row, known[name]) for name in names if row is not None and name in known}


def _as_kept(row: Any, field: Any) -> Any:
    if _SECRET.search(field.name):
        return _COVERED
    if field.many_to_many:
        return sorted(str(item) for item in getattr(row, field.name).all())
    value = getattr(row, field.name)
    if value is None or isinstance(value, bool | int | str | list | dict):
        return value
    return str(value)


def _inline_changes(message: Any) -> dict[str, Any]:
    """What happened in the inlines, from Django's own account of it: {"added line 3 × cup": [None, "3 × cup"]}."""
    entries = json.loads(message) if isinstance(message, str) and message.startswith("[") else message
    changes: dict[str, Any] = {}
    for entry in entries if isinstance(entries, list) else []:
        for deed, facts in entry.items():
            if isinstance(facts, dict) and "object" in facts:
                subject = f"{facts['name']} {facts['object']}"
                changes[f"{deed} {subject}"] = {
                    "added": [None, subject],
                    "deleted": [subject, None],
                }.get(deed, [None, ", ".join(map(str, facts.get("fields", [])))])
    return changes


# The admin has no sign-in page of its own, so that second factor and lock-out hold for it too.
if not getattr(admin.site.login, "is_secured", False):
    admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
    admin.site.login.is_secured = True  # type: ignore[attr-defined]
admin.site.site_header = _("Zhanggui: reference data")
admin.site.site_title = _("Zhanggui")
admin.site.index_title = _("Reference data and accounts")
