"""The kernel's public verbs."""

from approvals.services.trail import Act, changed, record, record_many

__all__ = ["Act", "changed", "record", "record_many"]
