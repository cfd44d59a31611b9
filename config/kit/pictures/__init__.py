"""Pictures that people upload: read as hostile, measured, checked against a shop's rule, copied without what they carry.

No model and no storage: catalog (product photos) and stores (signs, page pictures) keep the rows.
"""

from config.kit.pictures.checks import PictureCheck, PictureRule, check_picture
from config.kit.pictures.copies import Rendition, clean_copy, renditions
from config.kit.pictures.measures import hamming, is_near_duplicate
from config.kit.pictures.reading import PictureFacts, read_picture
from config.kit.pictures.refusals import (
    DEFAULT,
    PictureAnimated,
    PictureBomb,
    PictureDamaged,
    PictureEmpty,
    PictureFormatRefused,
    PictureHidesData,
    PictureLimits,
    PictureNameDisagrees,
    PictureRefused,
    PictureTooHeavy,
    PictureTooLarge,
)

__all__ = [
    "DEFAULT",
    "PictureAnimated",
    "PictureBomb",
    "PictureCheck",
    "PictureDamaged",
    "PictureEmpty",
    "PictureFacts",
    "PictureFormatRefused",
    "PictureHidesData",
    "PictureLimits",
    "PictureNameDisagrees",
    "PictureRefused",
    "PictureRule",
    "PictureTooHeavy",
    "PictureTooLarge",
    "Rendition",
    "check_picture",
    "clean_copy",
    "hamming",
    "is_near_duplicate",
    "read_picture",
    "renditions",
]
