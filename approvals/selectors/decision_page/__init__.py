"""What a decision page shows: the difference first, then everything that stands around it."""

from approvals.selectors.decision_page.clock import Clock, Pause, whole_clock
from approvals.selectors.decision_page.differences import Against, Difference, difference, has_moved
from approvals.selectors.decision_page.history import Line, Version, timeline, versions
from approvals.selectors.decision_page.stages import StageRow, section_fields, stage_rows

__all__ = [
    "Against",
    "Clock",
    "Difference",
    "Line",
    "Pause",
    "StageRow",
    "Version",
    "difference",
    "has_moved",
    "section_fields",
    "stage_rows",
    "timeline",
    "versions",
    "whole_clock",
]
