"""Rows of the company: shops and their channels, departments, positions, employees, saved views."""

from stores.models.people import Department, Employee, Employment, Position
from stores.models.shops import Channel, Platform, Shop, ShopApiKey, ShopMember
from stores.models.views import SavedView

__all__ = [
    "Channel",
    "Department",
    "Employee",
    "Employment",
    "Platform",
    "Position",
    "SavedView",
    "Shop",
    "ShopApiKey",
    "ShopMember",
]
