"""The catalogue's public verbs."""

from catalog.services.variants import DraftProduct, VariantFacts, find_variants, make_draft_products

__all__ = ["DraftProduct", "VariantFacts", "find_variants", "make_draft_products"]
