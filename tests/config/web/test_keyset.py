"""Paging by the last row seen, while rows come and go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.db.models import QuerySet
from django.db.models.functions import Length

from config.kit.web.keyset import page_of
from stores.models import Employee

pytestmark = pytest.mark.django_db
People = Callable[..., list[Employee]]


def names(rows: list[Employee]) -> list[str]:
    return [row.username for row in rows]


def walk(queryset: QuerySet[Employee], sort: str, size: int = 2) -> list[list[str]]:
    pages, after = [], ""
    while True:
        found = page_of(queryset, sort, size, after=after)
        pages.append(names(found.rows))
        if not found.next:
            return pages
        after = found.next


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("username", [["a", "b"], ["c", "d"], ["e"]]),
        ("-username", [["e", "d"], ["c", "b"], ["a"]]),
        ("language", [["a", "b"], ["c", "d"], ["e"]]),
        ("-language", [["e", "d"], ["c", "b"], ["a"]]),
        ("pk", [["a", "b"], ["c", "d"], ["e"]]),
        ("-pk", [["e", "d"], ["c", "b"], ["a"]]),
        ("department__name", [["a", "b"], ["c", "d"], ["e"]]),
    ],
)
def test_every_row_comes_once_whatever_the_order(people: People, sort: str, expected: list[list[str]]) -> None:
    people("a", "b", "c", "d", "e")
    assert walk(Employee.objects.all(), sort) == expected


@pytest.mark.parametrize(
    ("sort", "expected"),
    [("last_login", ["b", "d", "a", "c", "e"]), ("-last_login", ["d", "b", "e", "c", "a"])],
)
def test_empty_values_come_last_either_way(people: People, now: datetime, sort: str, expected: list[str]) -> None:
    a, b, c, d, e = people("a", "b", "c", "d", "e")
    Employee.objects.filter(pk=b.pk).update(last_login=now)
    Employee.objects.filter(pk=d.pk).update(last_login=now + timedelta(hours=1))
    pages = walk(Employee.objects.all(), sort)
    assert [name for found in pages for name in found] == expected


@pytest.mark.parametrize("sort", ["username", "-username", "last_login", "-last_login", "-language"])
def test_previous_leads_back_over_the_same_pages(people: People, now: datetime, sort: str) -> None:
    people("a", "b", "c", "d", "e", "f")
    Employee.objects.filter(username__in="bd").update(last_login=now)
    first = page_of(Employee.objects.all(), sort, 2)
    second = page_of(Employee.objects.all(), sort, 2, after=first.next)
    third = page_of(Employee.objects.all(), sort, 2, after=second.next)
    back = page_of(Employee.objects.all(), sort, 2, before=third.previous)
    start = page_of(Employee.objects.all(), sort, 2, before=back.previous)
    assert (names(back.rows), names(start.rows)) == (names(second.rows), names(first.rows))
    assert (first.previous, start.previous, third.next) == ("", "", "")
    assert start.next == first.next


def test_rows_that_come_in_meanwhile_neither_repeat_nor_hide_any(people: People) -> None:
    people("b", "d", "f", "h")
    first = page_of(Employee.objects.all(), "username", 2)
    people("a", "c", "e")
    rest = page_of(Employee.objects.all(), "username", 10, after=first.next)
    assert (names(first.rows), names(rest.rows)) == (["b", "d"], ["e", "f", "h"])


def test_a_row_that_went_away_does_not_lose_the_place(people: People) -> None:
    people("a", "b", "c", "d")
    first = page_of(Employee.objects.all(), "username", 2)
    Employee.objects.filter(username="b").delete()
    assert names(page_of(Employee.objects.all(), "username", 2, after=first.next).rows) == ["c", "d"]


def test_times_that_differ_by_a_microsecond_are_told_apart(people: People, now: datetime) -> None:
    for number, employee in enumerate(people("a", "b", "c", "d")):
        Employee.objects.filter(pk=employee.pk).update(date_joined=now + timedelta(microseconds=number))
    assert walk(Employee.objects.all(), "-date_joined", 1) == [["d"], ["c"], ["b"], ["a"]]


def test_annotations_can_be_ordered_by(people: People) -> None:
    people("aaa", "bb", "c", "dd")
    rows = Employee.objects.annotate(length=Length("username"))
    assert walk(rows, "-length", 1) == [["aaa"], ["dd"], ["bb"], ["c"]]


@pytest.mark.parametrize("cursor", ["x", "!!!", "bnVsbA", "W10", "WyJ1c2VybmFtZSIsImEiLCJ4Il0", "é"])
def test_a_cursor_that_cannot_be_read_gives_the_first_page(people: People, cursor: str) -> None:
    people("a", "b")
    assert names(page_of(Employee.objects.all(), "username", 1, after=cursor).rows) == ["a"]


def test_a_cursor_of_another_order_gives_the_first_page(people: People) -> None:
    people("a", "b", "c")
    cursor = page_of(Employee.objects.all(), "username", 1).next
    assert names(page_of(Employee.objects.all(), "-username", 1, after=cursor).rows) == ["c"]


def test_a_page_takes_one_query(people: People, django_assert_num_queries: Callable[..., object]) -> None:
    people("a", "b", "c")
    after = page_of(Employee.objects.all(), "username", 1).next
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        page_of(Employee.objects.all(), "username", 1, after=after)


@pytest.mark.parametrize("path", ["no_such", "groups__name", "department", "username__name"])
def test_a_path_that_is_no_single_column_is_refused(people: People, path: str) -> None:
    with pytest.raises(FieldDoesNotExist):
        page_of(Employee.objects.all(), path, 1)
