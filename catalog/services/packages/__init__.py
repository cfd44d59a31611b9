"""Publication packages (发布稿件): what came in, merged and classified, submitted in one go, followed to the end (CAT-7)."""

from catalog.services.packages.gathering import (
    add_listings,
    add_products,
    add_sources,
    close_package,
    make_package,
    remove_listing,
    remove_source,
)
from catalog.services.packages.progress import package_progress
from catalog.services.packages.submission import submit_package

__all__ = [
    "add_listings",
    "add_products",
    "add_sources",
    "close_package",
    "make_package",
    "package_progress",
    "remove_listing",
    "remove_source",
    "submit_package",
]
