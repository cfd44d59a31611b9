"""Pages of shops: the list, the boards, one page, the editor of its draft, its pictures."""

from stores.views.pages.boards import shop_board, shop_boards
from stores.views.pages.editor import (
    page_discard,
    page_revision,
    page_revision_preview,
    page_revision_proof,
    page_side_by_side,
    product_choices,
)
from stores.views.pages.lists import PAGES
from stores.views.pages.page import (
    page_begin,
    page_detail,
    page_new,
    page_restore,
    page_settings,
    page_take_down,
)
from stores.views.pages.pictures import page_pictures

__all__ = [
    "PAGES",
    "page_begin",
    "page_detail",
    "page_discard",
    "page_new",
    "page_pictures",
    "page_restore",
    "page_revision",
    "page_revision_preview",
    "page_revision_proof",
    "page_settings",
    "page_side_by_side",
    "page_take_down",
    "product_choices",
    "shop_board",
    "shop_boards",
]
