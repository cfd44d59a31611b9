"""The catalogue's public verbs."""

from catalog.services.codes import map_seller_code
from catalog.services.photos import (
    UploadOutcome,
    bring_back_photo,
    describe_photo,
    order_photos,
    process_photo,
    process_photos,
    recheck_all_photos,
    recheck_photos,
    refuse_photo,
    retire_photo,
    sign_off_photo,
    upload_photos,
)
from catalog.services.products import change_product_state, set_price
from catalog.services.search import index_products
from catalog.services.shots import ShotPlan, move_shot, plan_shots
from catalog.services.variants import DraftProduct, VariantFacts, find_variants, make_draft_products

__all__ = [
    "DraftProduct",
    "ShotPlan",
    "UploadOutcome",
    "VariantFacts",
    "bring_back_photo",
    "change_product_state",
    "describe_photo",
    "find_variants",
    "index_products",
    "make_draft_products",
    "map_seller_code",
    "move_shot",
    "order_photos",
    "plan_shots",
    "process_photo",
    "process_photos",
    "recheck_all_photos",
    "recheck_photos",
    "refuse_photo",
    "retire_photo",
    "set_price",
    "sign_off_photo",
    "upload_photos",
]
