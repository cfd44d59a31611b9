"""Decisions about pages, layouts and their differences: pure functions."""
