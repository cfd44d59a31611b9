"""Who buys: Chinese buyers who come back to several shops, and English ones in the international shop."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from orders.demo import names
from orders.demo.luck import dice
from orders.drafts import BuyerDraft, RecipientDraft


@dataclass(frozen=True, slots=True)
class PlannedBuyer:
    """A buyer with the address that their orders go to."""

    buyer: BuyerDraft
    recipient: RecipientDraft


def plan_buyers(seed: int, count: int) -> list[PlannedBuyer]:
    """Chinese buyers, each with a phone by which every shop knows them again."""
    rng = dice(seed, "buyers")
    return [_chinese(rng, number) for number in range(count)]


def plan_english_buyers(seed: int, count: int) -> list[PlannedBuyer]:
    """Buyers of the international shop, known by their mail address."""
    rng = dice(seed, "english-buyers")
    return [_english(rng, number) for number in range(count)]


def _chinese(rng: Random, number: int) -> PlannedBuyer:
    name = rng.choice(names.SURNAMES) + rng.choice(names.GIVEN)
    phone = f"1990000{number:04d}"
    region, city, district, postcode = rng.choice(names.CITIES)
    home = rng.choice(names.HOMES).format(n=rng.randrange(1, 300), b=rng.randrange(1, 30), r=rng.randrange(101, 2606))
    email = f"buyer{number:04d}@{rng.choice(names.MAIL_DOMAINS)}" if rng.random() < 0.3 else ""
    return PlannedBuyer(
        BuyerDraft(platform_id=f"tb_{number:05d}", name=name, email=email, phone=phone, country="CN"),
        RecipientDraft(name, phone, "中国", region, city, district, f"{rng.choice(names.STREETS)} {home}", postcode),
    )


def _english(rng: Random, number: int) -> PlannedBuyer:
    first, last = rng.choice(names.ENGLISH_FIRST), rng.choice(names.ENGLISH_LAST)
    country, region, city, postcode, area = rng.choice(names.ENGLISH_CITIES)
    phone = f"+1{area}55501{number % 100:02d}"
    email = f"{first}.{last}{number}@{rng.choice(names.MAIL_DOMAINS)}".lower()
    street = f"{rng.randrange(12, 980)} {rng.choice(names.ENGLISH_STREETS)}"
    return PlannedBuyer(
        BuyerDraft(
            platform_id=str(70_000 + number), name=f"{first} {last}", email=email, language="en", country=country
        ),
        RecipientDraft(f"{first} {last}", phone, country, region, city, "", street, postcode),
    )
