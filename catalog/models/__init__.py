"""Rows of the catalogue: categories, products, variants and the seller codes of shops."""

from catalog.models.products import Category, Product, SellerCode, Variant

__all__ = ["Category", "Product", "SellerCode", "Variant"]
