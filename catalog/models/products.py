"""The product master: entered once, used by every shop."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from catalog.states import PRODUCT_TRANSITIONS, AttributeKind, ProductState
from config.kit.guards import state_machine


def picture_path(variant: Variant, filename: str) -> str:
    """Where a variant's picture lies below MEDIA_ROOT."""
    return f"catalog/{variant.sku}/{filename}"


class Category(models.Model):
    """A node of the master category tree."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent")
    )
    is_fragile = models.BooleanField(_("fragile"), default=False)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")

    def __str__(self) -> str:
        return self.name


class AttributeDefinition(models.Model):
    """An attribute that products of a category, and of the categories below it, have. `options` for kind *choice*."""

    category = models.ForeignKey(Category, models.CASCADE, related_name="attributes", verbose_name=_("category"))
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=8, choices=AttributeKind.choices, default=AttributeKind.TEXT)
    unit = models.CharField(_("unit"), max_length=16, blank=True)
    options = ArrayField(models.CharField(max_length=60), default=list, blank=True, verbose_name=_("options"))
    is_required = models.BooleanField(_("required"), default=False)
    is_safety = models.BooleanField(
        _("about safety"), default=False, help_text=_("A change of it is important information.")
    )
    position = models.PositiveSmallIntegerField(_("place in the order"), default=0)

    class Meta:
        verbose_name = _("attribute")
        verbose_name_plural = _("attributes")
        ordering = ["category", "position", "code"]
        constraints = [models.UniqueConstraint(fields=["category", "code"], name="one_attribute_per_code")]

    def __str__(self) -> str:
        return self.name


class DescriptionBlock(models.Model):
    """One of the named blocks of every description (四大模块, CAT-11); which ones there are is the company's choice."""

    code = models.SlugField(_("code"), unique=True, max_length=40)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60, blank=True)
    hint = models.CharField(_("what belongs there"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(_("place in the order"), default=0)
    is_required = models.BooleanField(_("required"), default=True)

    class Meta:
        verbose_name = _("description block")
        verbose_name_plural = _("description blocks")
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    """What we sell, in its variants: entered once, shown by every shop that does not override it (CAT-19).

    `search_tokens` are written by catalog.services (bigrams, pinyin, initials, codes). `attributes` maps an
    AttributeDefinition's code to its value, `blocks` a DescriptionBlock's code to its text.
    """

    name = models.CharField(_("name"), max_length=200)
    brand = models.CharField(_("brand"), max_length=80, blank=True)
    brief = models.TextField(_("brief"), blank=True)
    slogan = models.CharField(_("persuasive copy"), max_length=300, blank=True)
    blocks = models.JSONField(_("description"), default=dict, blank=True)
    attributes = models.JSONField(_("attributes"), default=dict, blank=True)
    service_text = models.TextField(_("service text"), blank=True)
    feature = models.CharField(_("distinguishing feature"), max_length=160, blank=True)
    customer_group = models.ForeignKey(
        "stores.CustomerGroup",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("customer group"),
    )
    sales_rank = models.PositiveIntegerField(_("sales rank"), null=True, editable=False)
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="products", verbose_name=_("category")
    )
    state = models.CharField(_("state"), max_length=10, choices=ProductState.choices, default=ProductState.DRAFT)
    search_tokens = ArrayField(models.CharField(max_length=64), default=list, editable=False)
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        indexes = [GinIndex(fields=["search_tokens"], name="product_search")]
        triggers = [state_machine("state", PRODUCT_TRANSITIONS)]

    def __str__(self) -> str:
        return self.name


class Variant(models.Model):
    """What is stocked and sold; `sku` is our seller code (商家编码). Weight in grams, price in the company's currency."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="variants", verbose_name=_("product"))
    sku = models.CharField(_("seller code"), max_length=64, unique=True)
    name = models.CharField(_("variant"), max_length=120, blank=True)
    barcode = models.CharField(_("barcode"), max_length=64, blank=True)
    price = models.DecimalField(_("price"), max_digits=12, decimal_places=2, default=0)
    weight_grams = models.PositiveIntegerField(_("weight (g)"), default=0)
    picture = models.ImageField(_("picture"), upload_to=picture_path, blank=True)
    is_stocked = models.BooleanField(_("kept in stock"), default=True, help_text=_("Services and fees are not."))

    class Meta:
        verbose_name = _("variant")
        verbose_name_plural = _("variants")
        indexes = [
            # `icontains` compares in capitals; a part of a code is found through its three-letter pieces.
            GinIndex(OpClass(Upper("sku"), name="gin_trgm_ops"), name="variant_sku_trigrams"),
            GinIndex(OpClass(Upper("barcode"), name="gin_trgm_ops"), name="variant_barcode_trigrams"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["barcode"], condition=~models.Q(barcode=""), name="barcode_belongs_to_one_variant"
            ),
            models.CheckConstraint(condition=models.Q(price__gte=0), name="variant_price_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.sku} {self.product.name} {self.name}".strip()


class SellerCode(models.Model):
    """The code under which a shop knows a variant, where it differs from our own."""

    shop = models.ForeignKey("stores.Shop", models.CASCADE, related_name="seller_codes", verbose_name=_("shop"))
    code = models.CharField(_("code in the shop"), max_length=120)
    variant = models.ForeignKey(Variant, models.CASCADE, related_name="seller_codes", verbose_name=_("variant"))

    class Meta:
        verbose_name = _("seller code of a shop")
        verbose_name_plural = _("seller codes of shops")
        constraints = [models.UniqueConstraint(fields=["shop", "code"], name="shop_code_means_one_variant")]

    def __str__(self) -> str:
        return f"{self.code} → {self.variant_id}"
