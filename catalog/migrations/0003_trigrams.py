from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_initial")]

    operations = [
        TrigramExtension(),
        migrations.AddIndex(
            model_name="variant",
            index=GinIndex(OpClass(Upper("sku"), name="gin_trgm_ops"), name="variant_sku_trigrams"),
        ),
        migrations.AddIndex(
            model_name="variant",
            index=GinIndex(OpClass(Upper("barcode"), name="gin_trgm_ops"), name="variant_barcode_trigrams"),
        ),
    ]
