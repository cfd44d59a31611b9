"""One declaration → HTML preview, CSV and XLSX. Apps declare theirs in `exports.py`.

Every list screen brings its own.
"""

from config.kit.export.declarations import EXPORTS, ExportColumn, ExportDeclaration
from config.kit.export.jobs import JOB_KIND, produce, request_xlsx
from config.kit.export.preview import Preview, preview
from config.kit.export.signals import export_taken
from config.kit.export.stream import stream_csv
from config.kit.export.workbook import ProducedFile, write_xlsx

__all__ = [
    "EXPORTS",
    "JOB_KIND",
    "ExportColumn",
    "ExportDeclaration",
    "Preview",
    "ProducedFile",
    "export_taken",
    "preview",
    "produce",
    "request_xlsx",
    "stream_csv",
    "write_xlsx",
]
