"""The catalogue's public verbs."""

from catalog.services.search import index_products
from catalog.services.variants import DraftProduct, VariantFacts, find_variants, make_draft_products

__all__ = ["DraftProduct", "VariantFacts", "find_variants", "index_products", "make_draft_products"]
