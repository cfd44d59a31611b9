"""Pictures of products: taken in as hostile, read by the worker, signed off by a person, put in order, taken out of use.

Locks: requests → product (`lock_masters`) → picture → shot. The worker holds a picture and its shot only.
"""

from catalog.services.photos.decisions import bring_back_photo, refuse_photo, retire_photo, sign_off_photo
from catalog.services.photos.processing import process_photo, process_photos
from catalog.services.photos.rechecks import recheck_all_photos, recheck_photos
from catalog.services.photos.showing import describe_photo, order_photos
from catalog.services.photos.upload import UPLOAD_LIMIT, UploadOutcome, upload_photos

__all__ = [
    "UPLOAD_LIMIT",
    "UploadOutcome",
    "bring_back_photo",
    "describe_photo",
    "order_photos",
    "process_photo",
    "process_photos",
    "recheck_all_photos",
    "recheck_photos",
    "refuse_photo",
    "retire_photo",
    "sign_off_photo",
    "upload_photos",
]
