"""What happens to accounts: invitations and the language of their owner."""

from __future__ import annotations

from datetime import datetime

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.db import transaction
from django.urls import reverse

from approvals.services import record
from config.kit.actor import Actor
from stores.errors import EmployeeLeft
from stores.models import Employee


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
def choose_language(*, employee_id: int, language: str, actor: Actor, now: datetime) -> Employee:
    """Set the language that an employee reads."""
    employee = Employee.objects.select_for_update().get(pk=employee_id)
    if employee.language != language:
        changes = {"language": [employee.language, language]}
        employee.language = language
        employee.save(update_fields=["language"])
        record("stores.language_chosen", employee, actor=actor, changes=changes, at=now)
    return employee
