"""Builders of shops and people."""

from __future__ import annotations

from datetime import date
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from stores.models import Channel, Department, Employee, Employment, Platform, Position, Shop, ShopMember
from stores.services import sync_employee_rights
from stores.states import ChannelKind, PlatformState, Role, ShopKind


class DepartmentFactory(DjangoModelFactory):
    """One department unless a code is given."""

    class Meta:
        model = Department
        django_get_or_create = ("code",)

    code = "office"
    name = factory.LazyAttribute(lambda o: o.code.title())


class PositionFactory(DjangoModelFactory):
    """The position that gives a role; one per role."""

    class Meta:
        model = Position
        django_get_or_create = ("code",)

    role = Role.OPS
    code = factory.LazyAttribute(lambda o: f"position-{str(o.role).lower()}")
    name = factory.LazyAttribute(lambda o: Role(o.role).label)
    department = factory.SubFactory(DepartmentFactory)


class EmployeeFactory(DjangoModelFactory):
    """Someone who reads English and has the rights of `roles`: `EmployeeFactory(roles=["CS"], shops=[shop])`."""

    class Meta:
        model = Employee
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"person{n}")
    display_name = factory.LazyAttribute(lambda o: o.username.title())
    email = factory.LazyAttribute(lambda o: f"{o.username}@example.com")
    language = "en"
    department = factory.SubFactory(DepartmentFactory)
    password = "!"  # unusable; tests of signing in set one

    @factory.post_generation
    def roles(self: Employee, create: bool, extracted: Any, **kwargs: Any) -> None:
        """Positions held since long ago."""
        for role in extracted or ():
            Employment.objects.create(employee=self, position=PositionFactory(role=role), starts_on=date(2020, 1, 1))
        if extracted:
            fresh = sync_employee_rights(employee_id=self.pk, today=timezone.localdate())
            self.is_staff = fresh.is_staff

    @factory.post_generation
    def shops(self: Employee, create: bool, extracted: Any, **kwargs: Any) -> None:
        """Shops that they work for."""
        for shop in extracted or ():
            ShopMember.objects.create(employee=self, shop=shop)


class PlatformFactory(DjangoModelFactory):
    """One platform unless a code is given."""

    class Meta:
        model = Platform
        django_get_or_create = ("code",)

    code = "taobao"
    name = factory.LazyAttribute(lambda o: o.code.title())
    state = PlatformState.ACTIVE


class ShopFactory(DjangoModelFactory):
    """An online shop; `kind=ShopKind.PHYSICAL, platform=None` makes a physical one."""

    class Meta:
        model = Shop

    code = factory.Sequence(lambda n: f"shop{n}")
    name = factory.LazyAttribute(lambda o: o.code.title())
    kind = ShopKind.ONLINE
    platform = factory.SubFactory(PlatformFactory)


class ChannelFactory(DjangoModelFactory):
    """A door of a shop."""

    class Meta:
        model = Channel

    code = factory.Sequence(lambda n: f"channel{n}")
    shop = factory.SubFactory(ShopFactory)
    kind = ChannelKind.API
