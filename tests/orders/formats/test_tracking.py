"""Bodies of 快递100 and EasyPost, read into one form."""

import json
from datetime import UTC, datetime

import pytest

from config.kit.errors import InvalidInput
from orders.formats.tracking import NothingToDo, TrackedEvent, TrackingReport, read_easypost, read_kuaidi100
from orders.states import ParcelState


def push(rows, **last):
    facts = {"message": "ok", "state": "0", "nu": "YT1234567890123", "com": "yuantong", "data": rows} | last
    return json.dumps({"status": "polling", "lastResult": facts}, ensure_ascii=False).encode()


def row(clock, context="…", **facts):
    return {"context": context, "time": clock, "ftime": clock, **facts}


def states(body):
    return [event.state for event in read_kuaidi100(body).events]


def test_kuaidi100_reads_lines_in_beijing_time_oldest_first():
    body = push(
        [row("2026-03-10 18:30:00", "派件中", areaName="杭州"), row("2026-03-10 09:00:00", "已揽收")], state="5"
    )

    assert read_kuaidi100(body) == TrackingReport(
        "YT1234567890123",
        (
            TrackedEvent(datetime(2026, 3, 10, 1, 0, tzinfo=UTC), ParcelState.IN_TRANSIT, "已揽收"),
            TrackedEvent(datetime(2026, 3, 10, 10, 30, tzinfo=UTC), ParcelState.OUT_FOR_DELIVERY, "派件中", "杭州"),
        ),
    )


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("0", "in_transit"), ("1001", "in_transit"), ("1", "collected"), ("102", "handed_over"), ("103", "collected"),
        ("2", "problem"), ("206", "problem"), ("3", "signed"), ("301", "signed"), ("303", "signed_by_other"),
        ("304", "signed"), ("4", "returned"), ("5", "out_for_delivery"), ("501", "at_pickup_point"), ("6", "returning"),
        ("10", "customs"), ("13", "problem"), ("14", "returning"), ("99", "in_transit"),
    ],
)  # fmt: skip
def test_kuaidi100_state_of_the_journey_is_that_of_its_newest_line(code, state):
    assert states(push([row("2026-03-10 09:00:00")], state=code)) == [state]
    assert states(push([row("2026-03-10 09:00:00", statusCode=code)], state="0")) == [state]


def test_kuaidi100_that_gave_up_without_lines_is_nothing_to_do():
    body = json.dumps({"status": "abort", "message": "3天查询无记录", "lastResult": {"nu": "1", "data": []}}).encode()

    assert read_kuaidi100(body) == NothingToDo("快递100 stopped watching: 3天查询无记录")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"{", "body"),
        (b"[]", "body"),
        (b"\xff", "body"),
        (b"{}", "lastResult.nu"),
        (push("x"), "data"),
        (push([row("yesterday")]), "lastResult.data.0.ftime"),
        (push([row("")]), "lastResult.data.0.ftime"),
    ],
)
def test_kuaidi100_names_what_it_cannot_read(body, field):
    with pytest.raises(InvalidInput) as refused:
        read_kuaidi100(body)

    assert refused.value.field == field


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"null", "body"),
        (b"{}", "object"),
        (b'{"object": "Event", "description": "tracker.updated"}', "object"),
        (b'{"object": "Tracker"}', "tracking_code"),
        (b'{"object": "Tracker", "tracking_code": "1", "tracking_details": [{}]}', "tracking_details.0.datetime"),
        (b'{"object": "Tracker", "tracking_code": "1", "tracking_details": {}}', "tracking_details"),
    ],
)
def test_easypost_names_what_it_cannot_read(body, field):
    with pytest.raises(InvalidInput) as refused:
        read_easypost(body)

    assert refused.value.field == field


def test_a_line_keeps_its_fingerprint_when_its_state_is_named_later():
    at = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)

    assert (
        TrackedEvent(at, ParcelState.SIGNED, "a", "b").fingerprint
        == TrackedEvent(at, ParcelState.IN_TRANSIT, "a", "b").fingerprint
    )
    assert (
        TrackedEvent(at, ParcelState.SIGNED, "a", "b").fingerprint
        != TrackedEvent(at, ParcelState.SIGNED, "ab").fingerprint
    )
