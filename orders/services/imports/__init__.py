"""Order files: kept, read into rows, checked, turned into orders chunk by chunk, corrected in place and run again."""

from orders.services.imports.correct import correct_row, rerun_corrected, set_row_aside
from orders.services.imports.maps import sync_column_maps
from orders.services.imports.run import run_import, sweep_imports
from orders.services.imports.start import begin_import, upload_file

__all__ = [
    "begin_import",
    "correct_row",
    "rerun_corrected",
    "run_import",
    "set_row_aside",
    "sweep_imports",
    "sync_column_maps",
    "upload_file",
]
