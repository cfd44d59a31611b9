"""The catalogue's public verbs."""

from catalog.services.codes import map_seller_code
from catalog.services.following import follow_master
from catalog.services.listings import create_listings, take_down
from catalog.services.master import change_master
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
from catalog.services.prices import PriceChange, set_prices
from catalog.services.products import change_product_state, set_price
from catalog.services.revisions import (
    begin_revision,
    discard_revision,
    hold_revision,
    rate_title,
    rebase_revision,
    release_revision,
    restore_snapshot,
    save_revision,
    schedule_revision,
    submit_revision,
)
from catalog.services.search import index_products
from catalog.services.shots import ShotPlan, move_shot, plan_shots
from catalog.services.variants import DraftProduct, VariantFacts, find_variants, make_draft_products

__all__ = [
    "DraftProduct",
    "PriceChange",
    "ShotPlan",
    "UploadOutcome",
    "VariantFacts",
    "begin_revision",
    "bring_back_photo",
    "change_master",
    "change_product_state",
    "create_listings",
    "describe_photo",
    "discard_revision",
    "find_variants",
    "follow_master",
    "hold_revision",
    "index_products",
    "make_draft_products",
    "map_seller_code",
    "move_shot",
    "order_photos",
    "plan_shots",
    "process_photo",
    "process_photos",
    "rate_title",
    "rebase_revision",
    "recheck_all_photos",
    "recheck_photos",
    "refuse_photo",
    "release_revision",
    "restore_snapshot",
    "retire_photo",
    "save_revision",
    "schedule_revision",
    "set_price",
    "set_prices",
    "sign_off_photo",
    "submit_revision",
    "take_down",
    "upload_photos",
]
