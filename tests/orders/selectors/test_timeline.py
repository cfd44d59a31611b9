"""Words of the timeline: labels, before and after, and what stays covered."""

from orders.selectors.timeline import covered_reason, readable_changes

DIFFERENCES = "lines: SKU-1 × 1 @ 10.00 - 0.00 → SKU-1 × 2 @ 10.00 - 0.00; recipient_phone: 13800138000 → 13900139001"
CHANGES = {
    "status": ["held", "ready"],
    "hold": [None, "address"],
    "holds": [None, ["Not paid yet.", "Street is missing."]],
    "recipient_phone": ["13800138000", "13900139001"],
    "address": ["浙江省 杭州市 西湖区 文三路 90 号", ""],
    "order_confirmation:7": ["queued", "sent"],
    "odd": "no pair",
}


def test_changes_are_read_with_labels_and_covered() -> None:
    assert readable_changes(CHANGES, plain=False) == {
        "status": ("held", "ready"),
        "hold": ("–", "address"),
        "holds": ("–", "Not paid yet.; Street is missing."),
        "phone": ("138****8000", "139****9001"),
        "address": ("浙江省 杭州市 西湖区****", "–"),
        "mail": ("waiting", "sent"),
    }


def test_changes_are_plain_for_those_with_the_right() -> None:
    shown = readable_changes(CHANGES, plain=True)
    assert (shown["phone"], shown["address"][0]) == (
        ("13800138000", "13900139001"),
        "浙江省 杭州市 西湖区 文三路 90 号",
    )


def test_reason_with_a_persons_data_keeps_only_the_fields() -> None:
    assert covered_reason(DIFFERENCES, plain=False) == "Changed by the channel: lines, phone"
    assert covered_reason(DIFFERENCES, plain=True) == DIFFERENCES


def test_reason_without_a_persons_data_stays() -> None:
    words = "lines: SKU-1 × 1 @ 10.00 - 0.00 → SKU-1 × 2 @ 10.00 - 0.00"
    assert [covered_reason(text, plain=False) for text in (words, "Street is missing: call the buyer")] == [
        words,
        "Street is missing: call the buyer",
    ]
