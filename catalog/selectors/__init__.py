"""The catalogue's public reads."""

from catalog.selectors.finding import products_matching, variants_by_code, variants_matching
from catalog.selectors.products import product_list, variants_of

__all__ = ["product_list", "products_matching", "variants_by_code", "variants_matching", "variants_of"]
