import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0003_change_requests"),
        ("catalog", "0003_listings"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="channelpush",
            name="state_machine",
        ),
        migrations.AddIndex(
            model_name="refreshclock",
            index=models.Index(
                condition=models.Q(("change_count__gt", 0)), fields=["-changed_at", "-id"], name="refresh_done"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="channelpush",
            trigger=pgtrigger.compiler.Trigger(
                name="state_machine",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{by_hand:confirmed,by_hand:superseded,confirmed:waiting,refused:by_hand,refused:superseded,refused:waiting,sent:confirmed,sent:superseded,sent:waiting,waiting:by_hand,waiting:confirmed,waiting:refused,waiting:sent,waiting:superseded}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="8f7d3af42548ad5e1556247e3953d6d643da723e",
                    operation="UPDATE",
                    pgid="pgtrigger_state_machine_3da76",
                    table="catalog_channelpush",
                    when="BEFORE",
                ),
            ),
        ),
    ]
