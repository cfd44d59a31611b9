"""The product master in the admin. State and price have actions of their own on the product page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from import_export import fields, resources, widgets
from import_export.admin import ImportExportMixin
from import_export.formats.base_formats import CSV, XLSX

from approvals import services as approvals
from catalog import services
from catalog.models import (
    AttributeDefinition,
    Category,
    DescriptionBlock,
    PhotoRule,
    Product,
    SellerCode,
    StyleExample,
    Variant,
)
from catalog.services.bulk_jobs import MEASURE
from config.kit.backoffice import REASON, OperationsAdmin
from config.kit.web import actor_of
from stores.models import Shop


def _bring_along(product_id: int, request: HttpRequest) -> None:
    """Drafts and listings made of a product that was changed here follow it."""
    services.follow_master(product_ids=[product_id], actor=actor_of(request), now=timezone.now())


@admin.register(Category)
class CategoryAdmin(OperationsAdmin):
    """The master category tree."""

    allow_add = True
    list_display = ("code", "name", "parent", "is_fragile")
    list_select_related = ("parent",)
    search_fields = ("code", "name")
    autocomplete_fields = ("parent",)


class VariantInline(admin.TabularInline):
    """Variants of a product that is being entered; later each has its own page."""

    model = Variant
    extra = 1
    fields = ("sku", "name", "barcode", "price", "weight_grams", "is_stocked")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Prices of variants that exist are set on the product page, with a reason."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A variant that was sold stays."""
        return False


@admin.register(Product)
class ProductAdmin(OperationsAdmin):
    """Products."""

    allow_add = True
    list_display = ("name", "category", "state", "created_at")
    list_select_related = ("category",)
    list_filter = ("state", "category")
    search_fields = ("name", "variants__sku")
    fields = ("name", "category", "state", "created_at")
    readonly_fields = ("created_at",)
    autocomplete_fields = ("category",)
    inlines = (VariantInline,)

    def save_model(self, request: HttpRequest, obj: Product, form: Any, change: bool) -> None:
        """A product is entered now."""
        if not change:
            obj.created_at = timezone.now()
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Name and variants can be found at once."""
        super().save_related(request, form, formsets, change)
        services.index_products(product_ids=[form.instance.pk])
        _bring_along(form.instance.pk, request)


@admin.register(Variant)
class VariantAdmin(OperationsAdmin):
    """Variants: name, barcode, weight, picture."""

    allow_add = True
    list_display = ("sku", "product", "name", "barcode", "price", "is_stocked")
    list_filter = ("is_stocked",)
    search_fields = ("sku", "barcode", "product__name")
    autocomplete_fields = ("product",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Orders, shops and labels know the SKU: it stays."""
        return [*super().get_readonly_fields(request, obj), *(("sku", "product") if obj else ())]

    def save_model(self, request: HttpRequest, obj: Variant, form: Any, change: bool) -> None:
        """What it is called can be found at once."""
        super().save_model(request, obj, form, change)
        services.index_products(product_ids=[obj.product_id])
        _bring_along(obj.product_id, request)


class SellerCodeResource(resources.ModelResource):
    """Shop's code, shop, our SKU: one row each. Rows go through `catalog.services.map_seller_code`."""

    shop = fields.Field(attribute="shop", column_name="shop", widget=widgets.ForeignKeyWidget(Shop, "code"))
    variant = fields.Field(attribute="variant", column_name="sku", widget=widgets.ForeignKeyWidget(Variant, "sku"))

    class Meta:
        model = SellerCode
        fields = ("shop", "code", "variant")
        import_id_fields = ("shop", "code")
        skip_unchanged = True
        report_skipped = True

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__()
        self.request = request

    def do_instance_save(self, instance: SellerCode, is_create: bool) -> None:
        """The dry run does the same in a transaction that is rolled back."""
        if self.request is None:
            raise TypeError("an import needs the request of the person who does it")
        mapped = services.map_seller_code(
            shop_id=instance.shop_id,
            code=instance.code,
            variant_id=instance.variant_id,
            actor=actor_of(self.request),
            now=timezone.now(),
        )
        instance.pk = mapped.pk


@admin.register(SellerCode)
class SellerCodeAdmin(ImportExportMixin, OperationsAdmin):
    """Codes under which shops know our variants; spreadsheets of them are tried in a dry run first."""

    allow_add = True
    resource_classes = [SellerCodeResource]
    formats = [CSV, XLSX]
    list_display = ("code", "shop", "variant")
    list_filter = ("shop",)
    list_select_related = ("shop", "variant__product")
    search_fields = ("code", "variant__sku")
    autocomplete_fields = ("shop", "variant")

    def get_import_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        """The rows are written in the name of the person who imports."""
        return {"request": request}

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Importing adds and changes."""
        return self.has_add_permission(request) and self.has_change_permission(request)

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Exporting reads."""
        return self.has_view_permission(request)

    def save_model(self, request: HttpRequest, obj: SellerCode, form: Any, change: bool) -> None:
        """The code can be found at once, and no longer with the variant before."""
        before = {SellerCode.objects.get(pk=obj.pk).variant.product_id} if change else set()
        super().save_model(request, obj, form, change)
        services.index_products(product_ids={obj.variant.product_id} | before)


class _Measured(OperationsAdmin):
    """Reference data by which listings and pictures are measured: after a change a worker measures those of the category anew."""

    allow_add = True
    settled_fields: tuple[str, ...] = ()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What contents refer to stays once it exists."""
        return [*super().get_readonly_fields(request, obj), *(self.settled_fields if obj else ())]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Measure anew what it is about, and what it was about before."""
        before = [self.model._default_manager.get(pk=obj.pk)] if change else []
        super().save_model(request, obj, form, change)
        if set(form.changed_data) - {REASON}:
            self._measure(request, {_category_of(one) for one in (*before, obj)})

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """What it demanded is demanded no longer."""
        category = _category_of(obj)
        super().delete_model(request, obj)
        self._measure(request, {category})

    def _measure(self, request: HttpRequest, categories: set[int | None]) -> None:
        for category in {None} if None in categories else categories:
            approvals.request_job(
                kind=MEASURE,
                title=gettext("Listings and pictures measured anew"),
                params={"category": category},
                actor=actor_of(request),
                now=timezone.now(),
            )


def _category_of(row: Any) -> int | None:
    """The category that a row of reference data is about, None for every one."""
    return getattr(row, "category_id", None)


@admin.register(AttributeDefinition)
class AttributeDefinitionAdmin(_Measured):
    """What products of a category have. The code and the category stay: contents are stored under them."""

    settled_fields = ("code", "category")
    list_display = ("name", "code", "category", "kind", "unit", "is_required", "is_safety", "position")
    list_select_related = ("category",)
    list_filter = ("kind", "is_required", "is_safety")
    search_fields = ("code", "name", "category__name")
    autocomplete_fields = ("category",)


@admin.register(DescriptionBlock)
class DescriptionBlockAdmin(_Measured):
    """The named blocks of every description. The code stays: contents are stored under it."""

    settled_fields = ("code",)
    list_display = ("name", "name_en", "code", "is_required", "position")
    search_fields = ("code", "name", "name_en")


@admin.register(PhotoRule)
class PhotoRuleAdmin(_Measured):
    """How many pictures of a kind are needed, and what platforms demand of them."""

    allow_delete = True
    list_display = ("role", "platform", "category", "min_count", "min_side", "ratio", "max_bytes", "white_background")
    list_select_related = ("platform", "category")
    list_filter = ("role", "platform")
    search_fields = ("platform__code", "platform__name", "category__name")
    autocomplete_fields = ("platform", "category")


@admin.register(StyleExample)
class StyleExampleAdmin(OperationsAdmin):
    """The style library: titles and copy that moved people."""

    allow_add = True
    allow_delete = True
    list_display = ("text", "style", "category")
    list_select_related = ("category",)
    list_filter = ("style",)
    search_fields = ("text", "style", "note")
    autocomplete_fields = ("category",)
