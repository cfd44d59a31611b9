"""What the trail may say about the catalogue. Its rows are written in the admin, which has words of its own."""

from django.utils.translation import gettext_lazy as _

from approvals.registries import SubjectKind, subjects

subjects.register("catalog.product", SubjectKind(_("product"), "catalog:product_detail", "catalog.view_product"))
