"""Rows of the catalogue: the product master, listings and their revisions, pictures, prices, plans, and what keeps them fresh."""

from catalog.models.listings import Listing, ListingRevision, StyleExample, TitleRating
from catalog.models.photos import Photo, PhotoRule, Rendition, Shot
from catalog.models.prices import Price
from catalog.models.products import (
    AttributeDefinition,
    Category,
    DescriptionBlock,
    Product,
    SellerCode,
    Variant,
)
from catalog.models.publishing import ChannelPush, CompetitorNote, ProofreadTask, RefreshClock, TitleMeasure
from catalog.models.sources import ListingPlan, ListingPlanLine, Package, SourceFile, SourceItem

__all__ = [
    "AttributeDefinition",
    "Category",
    "ChannelPush",
    "CompetitorNote",
    "DescriptionBlock",
    "Listing",
    "ListingPlan",
    "ListingPlanLine",
    "ListingRevision",
    "Package",
    "Photo",
    "PhotoRule",
    "Price",
    "Product",
    "ProofreadTask",
    "RefreshClock",
    "Rendition",
    "SellerCode",
    "Shot",
    "SourceFile",
    "SourceItem",
    "StyleExample",
    "TitleMeasure",
    "TitleRating",
    "Variant",
]
