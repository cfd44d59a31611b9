"""The couriers that the house knows from the start, and what a waybill number tells about its courier. Pure.

The numbers are patterns of habit, not of law: couriers change them without notice. They guess and warn, they never refuse.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar


@dataclass(frozen=True, slots=True)
class DeclaredCourier:
    """The shipped form of one courier; the row that is made from it may be changed by managers."""

    code: str
    name: str
    patterns: tuple[str, ...] = ()
    kuaidi100_code: str = ""
    easypost_code: str = ""


class HasPatterns(Protocol):
    """A courier as far as guessing needs it."""

    patterns: Sequence[str]


C = TypeVar("C", bound=HasPatterns)

COURIERS = (
    DeclaredCourier("sf", "顺丰速运", (r"SF[A-Z0-9]\d{12}",), "shunfeng", "SFExpress"),
    DeclaredCourier("zto", "中通快递", (r"7[3-68]\d{12}",), "zhongtong"),
    DeclaredCourier("yto", "圆通速递", (r"YT\d{13}",), "yuantong"),
    DeclaredCourier("sto", "申通快递", (r"(77|43)\d{12,15}",), "shentong"),
    DeclaredCourier("yunda", "韵达快递", (r"[34]\d{14}", r"5\d{12}"), "yunda"),
    DeclaredCourier("jt", "极兔速递", (r"JT\d{13}",), "jtexpress"),
    DeclaredCourier("jd", "京东物流", (r"JD[A-Z0-9]{2}\d{11}",), "jd"),
    DeclaredCourier("deppon", "德邦快递", (r"DPK\d{12}",), "debangkuaidi"),
    DeclaredCourier("ems", "中国邮政 EMS", (r"[981]\d{12}", r"P[A-Z]\d{11}", r"[A-Z]{2}\d{9}CN"), "ems", "ChinaEMS"),
    DeclaredCourier("cainiao", "菜鸟速递", (r"621\d{12}",), "danniao"),
    DeclaredCourier("ups", "UPS", (r"1Z[A-Z0-9]{16}",), "ups", "UPS"),
    DeclaredCourier("usps", "USPS", (r"9[1-5]\d{20}", r"[A-Z]{2}\d{9}US"), "usps", "USPS"),
    DeclaredCourier("dhl", "DHL Express", (r"\d{10}",), "dhl", "DHLExpress"),
)


def clean_waybill(text: str) -> str:
    """A scanned number as it is stored: no blanks inside or around it, capital letters."""
    return re.sub(r"\s+", "", text).upper()


def fits(waybill: str, patterns: Iterable[str]) -> bool:
    """Whether a number looks like one of the patterns. A pattern that cannot be read as one fits nothing."""
    return any(_matches(pattern, waybill) for pattern in patterns)


def guess(waybill: str, couriers: Iterable[C]) -> C | None:
    """The one courier whose numbers look like this; None when none or several do."""
    fitting = [courier for courier in couriers if fits(waybill, courier.patterns)]
    return fitting[0] if len(fitting) == 1 else None


def _matches(pattern: str, waybill: str) -> bool:
    try:
        return re.fullmatch(pattern, waybill, re.IGNORECASE) is not None
    except re.error:
        return False
