"""What the trail may say about people, shops and keys."""

from django.utils.translation import gettext_lazy as _

from approvals.registries import SubjectKind, TrailAction, subjects, trail_actions

trail_actions.register("stores.employee_invited", TrailAction(_("invitation link made")))
trail_actions.register("stores.second_factor_removed", TrailAction(_("second factor removed")))
trail_actions.register("stores.sign_in_unlocked", TrailAction(_("sign-in unlocked")))
trail_actions.register("stores.platform_state_changed", TrailAction(_("platform's state changed")))
trail_actions.register("stores.language_chosen", TrailAction(_("language chosen")))
trail_actions.register("stores.rights_synced", TrailAction(_("rights follow the positions"), kind="system"))
trail_actions.register("stores.api_key_issued", TrailAction(_("API key made")))
trail_actions.register("stores.api_key_revoked", TrailAction(_("API key revoked")))
subjects.register("stores.employee", SubjectKind(_("employee"), "admin:stores_employee_change", "stores.view_employee"))
subjects.register("stores.platform", SubjectKind(_("platform"), "admin:stores_platform_change", "stores.view_platform"))
subjects.register("stores.shop", SubjectKind(_("shop"), "admin:stores_shop_change", "stores.view_shop"))
