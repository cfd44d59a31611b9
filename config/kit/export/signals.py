"""News from exports: somebody took data out."""

from django.dispatch import Signal

export_taken = Signal()
"""Sent before the first byte of a CSV and when an XLSX is asked for.

Arguments: `declaration`, `params`, `user`, `actor` and `form` ("csv" or "xlsx"). Whoever keeps the log of exports
listens; what the receiver raises stops the export, so that nothing leaves unlogged.
"""
