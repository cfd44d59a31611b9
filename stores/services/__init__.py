"""The company's public verbs."""

from stores.services.roles import sync_employee_rights, sync_roles

__all__ = ["sync_employee_rights", "sync_roles"]
