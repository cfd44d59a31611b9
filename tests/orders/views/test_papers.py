"""Printing through HTTP: a print is counted, therefore it is a POST."""

import pytest
from django.urls import reverse

from orders.models import Parcel, Wave
from tests.factories.bench import parcel_of, ready_order, stocked, wave_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(now):
    return ready_order([(stocked("TEA"), 1)], now=now)


@pytest.fixture
def wave(order, now):
    return wave_of([order], now=now)


def test_wave_and_note_come_as_pdf_that_is_not_kept(client_as, order, wave):
    packer = client_as("WH")
    parcel = parcel_of(order)

    for name, pk, number in (("wave_paper", wave.pk, wave.number), ("note_paper", parcel.pk, parcel.note_number)):
        response = packer.post(reverse(f"orders:{name}", args=[pk]))
        assert (response.status_code, response.headers["Content-Type"]) == (200, "application/pdf")
        assert response.headers["Content-Disposition"] == f'inline; filename="{number}.pdf"'
        assert response.headers["Cache-Control"] == "no-store"
        assert response.content.startswith(b"%PDF-")

    assert (Wave.objects.get().print_count, Parcel.objects.get().print_count) == (1, 2)


@pytest.mark.parametrize(("role", "method", "status"), [("CS", "post", 403), ("WH", "get", 405)])
def test_nobody_prints_by_looking_or_without_the_right(client_as, order, wave, role, method, status):
    client = client_as(role)
    addresses = [
        reverse("orders:wave_paper", args=[wave.pk]),
        reverse("orders:note_paper", args=[parcel_of(order).pk]),
    ]

    assert {getattr(client, method)(address).status_code for address in addresses} == {status}
    assert (Wave.objects.get().print_count, Parcel.objects.get().print_count) == (0, 0)


def test_what_is_not_there_is_not_found(client_as, db):
    packer = client_as("WH")

    assert packer.post(reverse("orders:wave_paper", args=[999])).status_code == 404
    assert packer.post(reverse("orders:note_paper", args=[999])).status_code == 404
