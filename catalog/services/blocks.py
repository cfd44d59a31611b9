"""The named blocks of every description (四大模块, CAT-11)."""

from __future__ import annotations

from typing import Final

from django.db import transaction

from catalog.models import DescriptionBlock

SHIPPED: Final = (
    ("intro", "产品介绍", "Product", "它是什么、给谁用、为什么值得买"),
    ("specification", "规格参数", "Specification", "尺寸、材质、重量、容量,用数字说话"),
    ("usage", "使用场景", "In use", "什么时候、在哪里、怎么用"),
    ("service", "服务保障", "Service", "发货、退换、保修和联系方式"),
)
"""(code, name, name in English, what belongs there). Names are the company's data; it may rename, add and drop them."""


@transaction.atomic
def sync_blocks() -> int:
    """Add the shipped blocks when there are none at all: what the company changed stays changed. Returns how many were added."""
    if DescriptionBlock.objects.exists():
        return 0
    rows = [
        DescriptionBlock(code=code, name=name, name_en=name_en, hint=hint, position=position)
        for position, (code, name, name_en, hint) in enumerate(SHIPPED, 1)
    ]
    return len(DescriptionBlock.objects.bulk_create(rows))
