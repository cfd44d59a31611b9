from django.contrib.postgres.indexes import BrinIndex
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("inventory", "0002_initial")]

    operations = [
        migrations.AlterModelOptions(
            name="stocklevel",
            options={
                "permissions": [
                    ("receive_stock", "Can book receipts"),
                    ("correct_stock", "Can correct stock, with a reason"),
                    ("book_in_warehouses", "Can book receipts and corrections in warehouses"),
                ],
                "verbose_name": "stock level",
                "verbose_name_plural": "stock levels",
            },
        ),
        migrations.AddIndex(
            model_name="stockmovement",
            index=BrinIndex(autosummarize=True, fields=["at"], name="movement_by_time"),
        ),
    ]
