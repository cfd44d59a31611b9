"""The catalogue's public verbs."""

from catalog.services.codes import map_seller_code
from catalog.services.products import change_product_state, set_price
from catalog.services.search import index_products
from catalog.services.variants import DraftProduct, VariantFacts, find_variants, make_draft_products

__all__ = [
    "DraftProduct",
    "VariantFacts",
    "change_product_state",
    "find_variants",
    "index_products",
    "make_draft_products",
    "map_seller_code",
    "set_price",
]
