"""The catalogue's public verbs."""

from catalog.services.codes import map_seller_code
from catalog.services.competitors import note_competitor
from catalog.services.following import follow_master
from catalog.services.listings import create_listings, take_down
from catalog.services.master import change_master
from catalog.services.measures import measure_titles
from catalog.services.mismatches import compare_notices
from catalog.services.packages import (
    add_listings,
    add_products,
    add_sources,
    close_package,
    make_package,
    package_progress,
    remove_listing,
    remove_source,
    submit_package,
)
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
from catalog.services.plans import change_plan, close_plan, lines_done, make_plan, paste_lines, remove_line
from catalog.services.prices import PriceChange, set_price, set_prices, turn_prices, withdraw_price
from catalog.services.products import change_product_state
from catalog.services.proofreading import drop_proofreads, pick_proofreads, record_proofread
from catalog.services.pushes import (
    claim_comparisons,
    claim_push,
    claim_readings,
    confirm_by_hand,
    give_to_hand,
    retry_push,
    set_remote_id,
    settle_push,
    settle_reading,
)
from catalog.services.ranking import rank_products
from catalog.services.refresh import begin_refresh
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
from catalog.services.sources import raise_source, refuse_source, send_source, withdraw_source
from catalog.services.variants import DraftProduct, VariantFacts, find_variants, make_draft_products

__all__ = [
    "DraftProduct",
    "PriceChange",
    "ShotPlan",
    "UploadOutcome",
    "VariantFacts",
    "add_listings",
    "add_products",
    "add_sources",
    "begin_refresh",
    "begin_revision",
    "bring_back_photo",
    "change_master",
    "change_plan",
    "change_product_state",
    "claim_comparisons",
    "claim_push",
    "claim_readings",
    "close_package",
    "close_plan",
    "compare_notices",
    "confirm_by_hand",
    "create_listings",
    "describe_photo",
    "discard_revision",
    "drop_proofreads",
    "find_variants",
    "follow_master",
    "give_to_hand",
    "hold_revision",
    "index_products",
    "lines_done",
    "make_draft_products",
    "make_package",
    "make_plan",
    "map_seller_code",
    "measure_titles",
    "move_shot",
    "note_competitor",
    "order_photos",
    "package_progress",
    "paste_lines",
    "pick_proofreads",
    "plan_shots",
    "process_photo",
    "process_photos",
    "raise_source",
    "rank_products",
    "rate_title",
    "rebase_revision",
    "recheck_all_photos",
    "recheck_photos",
    "record_proofread",
    "refuse_photo",
    "refuse_source",
    "release_revision",
    "remove_line",
    "remove_listing",
    "remove_source",
    "restore_snapshot",
    "retire_photo",
    "retry_push",
    "save_revision",
    "schedule_revision",
    "send_source",
    "set_price",
    "set_prices",
    "set_remote_id",
    "settle_push",
    "settle_reading",
    "sign_off_photo",
    "submit_package",
    "submit_revision",
    "take_down",
    "turn_prices",
    "upload_photos",
    "withdraw_price",
    "withdraw_source",
]
