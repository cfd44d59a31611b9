"""The vocabulary that every view uses. See config/kit/README.md for one example of each word."""

from config.kit.web.access import PUBLIC, ask_to_sign_in, public, refuse, require
from config.kit.web.acting import actor_of
from config.kit.web.chips import Chip, Tone
from config.kit.web.clock import TimeLeft, duration, time_left
from config.kit.web.columns import Column
from config.kit.web.lists import SCREENS, BulkAction, HeaderAction, ListScreen, Preset
from config.kit.web.masks import mask_address, mask_email, mask_name, mask_phone, mask_tail
from config.kit.web.navigation import NAVIGATION, NavItem, Section, nav
from config.kit.web.outcomes import domain_errors, page

__all__ = [
    "NAVIGATION",
    "PUBLIC",
    "SCREENS",
    "BulkAction",
    "Chip",
    "Column",
    "HeaderAction",
    "ListScreen",
    "NavItem",
    "Preset",
    "Section",
    "TimeLeft",
    "Tone",
    "actor_of",
    "ask_to_sign_in",
    "domain_errors",
    "duration",
    "mask_address",
    "mask_email",
    "mask_name",
    "mask_phone",
    "mask_tail",
    "nav",
    "page",
    "public",
    "refuse",
    "require",
    "time_left",
]
