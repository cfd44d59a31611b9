"""Rows of the company: shops, channels and pages; departments, positions, employees and their proposals; saved views."""

from stores.models.pages import Layout, LayoutRevision, Page, PagePicture, PageRevision, Zone, ZoneBooking
from stores.models.people import Department, Employee, Employment, Position
from stores.models.proposals import Proposal, ProposalDiscussion, ProposalFile, ProposalOrder
from stores.models.shops import Channel, CustomerGroup, Platform, Shop, ShopApiKey, ShopMember
from stores.models.views import SavedView

__all__ = [
    "Channel",
    "CustomerGroup",
    "Department",
    "Employee",
    "Employment",
    "Layout",
    "LayoutRevision",
    "Page",
    "PagePicture",
    "PageRevision",
    "Platform",
    "Position",
    "Proposal",
    "ProposalDiscussion",
    "ProposalFile",
    "ProposalOrder",
    "SavedView",
    "Shop",
    "ShopApiKey",
    "ShopMember",
    "Zone",
    "ZoneBooking",
]
