"""What happens to accounts: invitations and the language of their owner."""

from __future__ import annotations

from datetime import datetime

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from axes.utils import reset
from django.db import transaction
from django.urls import reverse

from approvals.services import record
from config.kit.actor import Actor
from stores.errors import EmployeeLeft, ReasonMissing
from stores.models import Employee
from stores.policies.lines import is_blank


@transaction.atomic
def invite_employee(*, employee_id: int, actor: Actor, now: datetime) -> str:
    """The path at which an employee chooses their password; good once, for PASSWORD_RESET_TIMEOUT.

    Nobody else ever types or sees a password. Raises EmployeeLeft for an account that is switched off.
    """
    employee = Employee.objects.select_for_update().get(pk=employee_id)
    if not employee.is_active:
        raise EmployeeLeft(employee=str(employee))
    record("stores.employee_invited", employee, actor=actor, at=now)
    key = default_token_generator.make_token(employee)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(employee), "key": key})


@transaction.atomic
def remove_second_factor(*, employee_id: int, actor: Actor, reason: str, now: datetime) -> Employee:
    """Take a lost telephone's second factor away; the role may ask for a new one. Raises ReasonMissing."""
    if is_blank(reason):
        raise ReasonMissing()
    employee = Employee.objects.select_for_update().get(pk=employee_id)
    count, _models = Authenticator.objects.filter(user=employee).delete()
    changes = {"second_factors": [count, 0]}
    record("stores.second_factor_removed", employee, actor=actor, reason=reason, changes=changes, at=now)
    return employee


@transaction.atomic
def unlock_sign_in(*, employee_id: int, actor: Actor, reason: str, now: datetime) -> Employee:
    """Forget the failed attempts of an account that is locked. Raises ReasonMissing."""
    if is_blank(reason):
        raise ReasonMissing()
    employee = Employee.objects.select_for_update().get(pk=employee_id)
    reset(username=employee.username)
    record("stores.sign_in_unlocked", employee, actor=actor, reason=reason, at=now)
    return employee


@transaction.atomic
def choose_language(*, employee_id: int, language: str, actor: Actor, now: datetime) -> Employee:
    """Set the language that an employee reads."""
    employee = Employee.objects.select_for_update().get(pk=employee_id)
    if employee.language != language:
        changes = {"language": [employee.language, language]}
        employee.language = language
        employee.save(update_fields=["language"])
        record("stores.language_chosen", employee, actor=actor, changes=changes, at=now)
    return employee
