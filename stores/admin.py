"""Accounts, shops and their doors in the admin. What is more than a field goes through stores.services."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.kit.backoffice import OperationsAdmin
from config.kit.errors import DomainError
from config.kit.web import actor_of
from stores import services
from stores.models import (
    Channel,
    CustomerGroup,
    Department,
    Employee,
    Employment,
    Platform,
    Position,
    Shop,
    ShopApiKey,
    ShopMember,
)
from stores.selectors import channel_secrets
from stores.states import PlatformState


class ReasonedActionForm(ActionForm):
    """Django's choice of an action with a place for the reason."""

    reason = forms.CharField(label=_("Reason"), required=False, max_length=200)


def each(request: HttpRequest, rows: QuerySet[Any], act: Callable[..., Any], done: Any) -> None:
    """Call one service per row and say for every row what became of it."""
    for row in rows:
        try:
            act(row, actor=actor_of(request), reason=request.POST.get("reason", "").strip(), now=timezone.now())
        except DomainError as error:
            messages.error(request, f"{row}: {error.describe()}")
        else:
            messages.success(request, f"{row}: {done}")


class EmploymentInline(admin.TabularInline):
    """Positions held; they end by their date and are never deleted."""

    model = Employment
    extra = 0
    can_delete = False
    autocomplete_fields = ("position",)


class ShopMemberInline(admin.TabularInline):
    """The shops whose data the employee sees."""

    model = ShopMember
    extra = 0
    autocomplete_fields = ("shop",)


@admin.register(Employee)
class EmployeeAdmin(OperationsAdmin):
    """Accounts. Nobody types a password for somebody else: a new account gets an invitation link."""

    allow_add = True
    action_form = ReasonedActionForm
    actions = ("make_invitation", "unlock_sign_in", "remove_second_factor")
    list_display = ("username", "display_name", "department", "is_active", "roles", "last_login")
    list_select_related = ("department",)
    list_filter = ("is_active", "department", "groups")
    search_fields = ("username", "display_name", "email")
    fields = (
        "username",
        "display_name",
        "email",
        "phone",
        "department",
        "language",
        "is_active",
        "is_staff",
        "last_login",
    )
    readonly_fields = ("is_staff", "last_login")
    inlines = (EmploymentInline, ShopMemberInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Employee]:
        """With the groups that the list shows."""
        return super().get_queryset(request).prefetch_related("groups")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The language is one of those that the interface has."""
        choice = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
        form = super().get_form(request, obj, change, **kwargs)
        return type(form)(form.__name__, (form,), {"language": choice}) if "language" in form.base_fields else form

    @admin.display(description=_("Roles"))
    def roles(self, employee: Employee) -> str:
        """Roles that the positions give."""
        return ", ".join(sorted(group.name for group in employee.groups.all()))

    def save_model(self, request: HttpRequest, obj: Employee, form: Any, change: bool) -> None:
        """A new account has no password until its owner chooses one."""
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Rights follow the positions that were entered; a new account is invited."""
        super().save_related(request, form, formsets, change)
        services.sync_employee_rights(employee_id=form.instance.pk, today=timezone.localdate())
        if not change:
            self._invite(request, form.instance)

    @admin.action(description=_("Make an invitation link"), permissions=["change"])
    def make_invitation(self, request: HttpRequest, rows: QuerySet[Employee]) -> None:
        """A link at which the person chooses a password, shown once."""
        for employee in rows:
            self._invite(request, employee)

    @admin.action(description=_("Unlock the sign-in"), permissions=["change"])
    def unlock_sign_in(self, request: HttpRequest, rows: QuerySet[Employee]) -> None:
        """Forget failed attempts."""

        def act(employee: Employee, **facts: Any) -> None:
            services.unlock_sign_in(employee_id=employee.pk, **facts)

        each(request, rows, act, gettext("unlocked"))

    @admin.action(description=_("Remove the second factor"), permissions=["change"])
    def remove_second_factor(self, request: HttpRequest, rows: QuerySet[Employee]) -> None:
        """For a lost telephone."""

        def act(employee: Employee, **facts: Any) -> None:
            services.remove_second_factor(employee_id=employee.pk, **facts)

        each(request, rows, act, gettext("second factor removed"))

    def _invite(self, request: HttpRequest, employee: Employee) -> None:
        try:
            path = services.invite_employee(employee_id=employee.pk, actor=actor_of(request), now=timezone.now())
        except DomainError as error:
            messages.error(request, error.describe())
            return
        text = gettext("Give {} this link; it is shown once and works once: {}")
        messages.warning(request, format_html(text, employee, request.build_absolute_uri(path)))


@admin.register(Department)
class DepartmentAdmin(OperationsAdmin):
    """Departments with head and deputy."""

    allow_add = True
    list_display = ("code", "name", "head", "deputy")
    search_fields = ("code", "name")
    autocomplete_fields = ("head", "deputy")


@admin.register(Position)
class PositionAdmin(OperationsAdmin):
    """Positions; another role changes the rights of everybody who holds one."""

    allow_add = True
    list_display = ("code", "name", "department", "role")
    list_filter = ("role", "department")
    search_fields = ("code", "name")

    def save_model(self, request: HttpRequest, obj: Position, form: Any, change: bool) -> None:
        """Another role changes the rights of those who hold the position."""
        super().save_model(request, obj, form, change)
        if "role" in form.changed_data:
            for employee_id in obj.employments.values_list("employee_id", flat=True).distinct():
                services.sync_employee_rights(employee_id=employee_id, today=timezone.localdate())


@admin.register(Employment)
class EmploymentAdmin(OperationsAdmin):
    """Who holds which position. Rights follow when it is saved, and every night by its dates."""

    allow_add = True
    list_display = ("employee", "position", "starts_on", "ends_on")
    list_filter = ("position__role",)
    search_fields = ("employee__username", "employee__display_name", "position__name")
    autocomplete_fields = ("employee", "position")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Whose position it is stays; a change of position is an end and a beginning."""
        return [*super().get_readonly_fields(request, obj), *(("employee", "position", "starts_on") if obj else ())]

    def save_model(self, request: HttpRequest, obj: Employment, form: Any, change: bool) -> None:
        """Rights follow at once."""
        super().save_model(request, obj, form, change)
        services.sync_employee_rights(employee_id=obj.employee_id, today=timezone.localdate())


@admin.register(ShopMember)
class ShopMemberAdmin(OperationsAdmin):
    """Who works for which shop."""

    allow_add = True
    allow_change = False
    allow_delete = True
    list_display = ("employee", "shop")
    list_filter = ("shop",)
    search_fields = ("employee__username", "employee__display_name", "shop__code", "shop__name")
    autocomplete_fields = ("employee", "shop")


@admin.register(Platform)
class PlatformAdmin(OperationsAdmin):
    """Marketplaces and shop systems; their state changes by an action with a reason."""

    allow_add = True
    action_form = ReasonedActionForm
    actions = ("begin_to_use", "close")
    list_display = ("code", "name", "state")
    list_filter = ("state",)
    search_fields = ("code", "name")

    @admin.action(description=_("Begin to use"), permissions=["change"])
    def begin_to_use(self, request: HttpRequest, rows: QuerySet[Platform]) -> None:
        """After the decision for it."""
        self._move(request, rows, PlatformState.ACTIVE)

    @admin.action(description=_("Close"), permissions=["change"])
    def close(self, request: HttpRequest, rows: QuerySet[Platform]) -> None:
        """Use it no longer."""
        self._move(request, rows, PlatformState.CLOSED)

    def _move(self, request: HttpRequest, rows: QuerySet[Platform], state: PlatformState) -> None:
        def act(platform: Platform, **facts: Any) -> None:
            services.change_platform_state(platform_id=platform.pk, state=state, **facts)

        each(request, rows, act, state.label)


@admin.register(CustomerGroup)
class CustomerGroupAdmin(OperationsAdmin):
    """Target groups by their rank. The code stays: contents are stored under it."""

    allow_add = True
    list_display = ("rank", "name", "code")
    list_display_links = ("name",)
    ordering = ("rank", "code")
    search_fields = ("code", "name")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What others refer to stays once it exists."""
        return [*super().get_readonly_fields(request, obj), *(("code",) if obj else ())]


class ShopForm(forms.ModelForm):
    """A branch belongs to a main shop, in one step: no shop is its own branch, and no branch has branches."""

    def clean_main_shop(self) -> Shop | None:
        """Refuse circles and chains by name."""
        main: Shop | None = self.cleaned_data["main_shop"]
        if main is None:
            return None
        if main.pk == self.instance.pk:
            raise forms.ValidationError(gettext("A shop is no branch of itself."))
        if main.main_shop_id is not None:
            raise forms.ValidationError(gettext("%(shop)s is a branch itself.") % {"shop": main})
        if self.instance.pk and self.instance.branches.exists():
            raise forms.ValidationError(gettext("This shop has branches, so it is a main shop."))
        return main


@admin.register(Shop)
class ShopAdmin(OperationsAdmin):
    """Shops. What their orders are counted in is fixed once they exist."""

    allow_add = True
    form = ShopForm
    list_display = (
        "code", "name", "kind", "platform", "currency", "main_shop", "is_directly_operated", "is_active",
    )  # fmt: skip
    list_select_related = ("platform", "main_shop")
    list_filter = ("kind", "platform", "is_directly_operated", "is_active")
    search_fields = ("code", "name")
    autocomplete_fields = ("main_shop",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What others refer to stays once it exists."""
        return [*super().get_readonly_fields(request, obj), *(("code", "kind", "currency") if obj else ())]


@admin.register(Channel)
class ChannelAdmin(OperationsAdmin):
    """Doors of shops. The secret is no field: it is read from the environment."""

    allow_add = True
    list_display = ("code", "shop", "kind", "address", "api_address", "has_secret", "is_active")
    formfield_overrides: ClassVar[Any] = {models.URLField: {"assume_scheme": "https"}}
    list_filter = ("kind", "shop", "is_active")
    search_fields = ("code", "shop__code", "shop__name")

    @admin.display(description=_("secret set"), boolean=True)
    def has_secret(self, channel: Channel) -> bool:
        """Whether the environment holds a secret for it."""
        return bool(channel_secrets(channel.code))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What others refer to stays once it exists."""
        return [*super().get_readonly_fields(request, obj), *(("code", "shop", "kind") if obj else ())]


@admin.register(ShopApiKey)
class ShopApiKeyAdmin(OperationsAdmin):
    """API keys: made and revoked, never edited. The key is shown once; only its hash is stored."""

    allow_add = True
    allow_change = False
    action_form = ReasonedActionForm
    actions = ("revoke",)
    fields = ("shop", "name", "expiry_date")
    list_display = ("prefix", "name", "shop", "created", "expiry_date", "revoked")
    list_filter = ("revoked", "shop")
    search_fields = ("prefix", "name", "shop__code")
    autocomplete_fields = ("shop",)

    def save_model(self, request: HttpRequest, obj: ShopApiKey, form: Any, change: bool) -> None:
        """The service makes the key; it is shown here and never again."""
        row, key = services.issue_api_key(
            shop_id=obj.shop_id, name=obj.name, expires_at=obj.expiry_date, actor=actor_of(request), now=timezone.now()
        )
        for field in ShopApiKey._meta.concrete_fields:
            setattr(obj, field.attname, getattr(row, field.attname))
        text = gettext("The key of {}, shown this once only: {}")
        messages.warning(request, format_html(text, obj.name, key))

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The service wrote the trail row; this is Django's own list of recent actions."""
        return admin.ModelAdmin.log_addition(self, request, obj, message)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Revoking is the one change there is."""
        return request.user.has_perm("stores.change_shopapikey")

    @admin.action(description=_("Revoke"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, rows: QuerySet[ShopApiKey]) -> None:
        """For good."""

        def act(key: ShopApiKey, **facts: Any) -> None:
            services.revoke_api_key(key_id=key.pk, **facts)

        each(request, rows, act, gettext("revoked"))


# Libraries bring admin pages of their own: rights, second factors and keys could be changed there without any trail.
for name in ("django.contrib.auth", "allauth.account", "allauth.mfa", "axes", "rest_framework_api_key"):
    import_module(f"{name}.admin")
for model in [model for model, page in admin.site._registry.items() if not isinstance(page, OperationsAdmin)]:
    admin.site.unregister(model)
