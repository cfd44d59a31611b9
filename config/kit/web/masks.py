"""Personal data with its middle covered: enough to recognise, not enough to use."""

from __future__ import annotations

import re


def mask_phone(value: str | None) -> str:
    """The first three and the last four figures of a mobile number; of a short one only the last two."""
    text = (value or "").strip()
    digits = re.sub(r"\D", "", text)
    if not digits:
        return ""
    if len(digits) < 8:
        return "*" * (len(digits) - 2) + digits[-2:]
    head = f"+{digits[:2]} {digits[2:5]}" if text.startswith("+86") and len(digits) == 13 else digits[:3]
    return f"{head}****{digits[-4:]}"


def mask_name(value: str | None) -> str:
    """The first character, the rest covered: 王**; a Latin name keeps the first letter of its first word."""
    text = (value or "").strip()
    return text[:1] + "*" * min(max(len(text) - 1, 0), 3)


def mask_address(value: str | None) -> str:
    """Province, city and district as far as they can be told; street and number covered."""
    text = (value or "").strip()
    if not text:
        return ""
    region = re.match(
        r"(?:.{1,12}?(?:省|自治区|市|特别行政区))?(?:.{1,12}?(?:市|自治州|地区|盟))?(?:.{1,12}?(?:区|县|旗))?", text
    )
    kept = region.group() if region else ""
    return (kept or text[: min(3, len(text) // 3)]) + "****"


def mask_email(value: str | None) -> str:
    """The first letter and the domain."""
    name, at, domain = (value or "").strip().partition("@")
    return f"{name[:1]}***@{domain}" if at else mask_tail(value)


def mask_tail(value: str | None) -> str:
    """Only the last four characters, at most half of the text: bank cards, identity numbers, anything else."""
    text = (value or "").strip()
    shown = min(4, len(text) // 2)
    return "*" * min(len(text) - shown, 8) + (text[-shown:] if shown else "")
