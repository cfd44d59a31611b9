"""Links of the side navigation."""

from django.utils.translation import gettext_lazy as _

from config.kit.web import Section, nav

_EVERYBODY = "approvals.view_own_due_work"

nav(
    "approvals.due_work",
    section=Section.TODAY,
    label=_("My due work"),
    url_name="due_work",
    icon="clock-check",
    permission=_EVERYBODY,
    order=10,
)
nav(
    "approvals.notices",
    section=Section.TODAY,
    label=_("Notices"),
    url_name="approvals:notice_list",
    icon="bell",
    permission=_EVERYBODY,
    order=20,
    shortcut="g n",
)
nav(
    "approvals.absences",
    section=Section.TODAY,
    label=_("Absences and deputies"),
    url_name="approvals:absences",
    icon="beach",
    permission=_EVERYBODY,
    order=30,
)
nav(
    "approvals.jobs",
    section=Section.TODAY,
    label=_("Background work"),
    url_name="approvals:job_list",
    icon="progress-check",
    permission=_EVERYBODY,
    order=90,
)
nav(
    "approvals.requests",
    section=Section.INBOX,
    label=_("Approvals"),
    url_name="approvals:request_list",
    icon="gavel",
    permission=_EVERYBODY,
    order=10,
    shortcut="g a",
)
nav(
    "approvals.clock_wall",
    section=Section.INBOX,
    label=_("Clock wall"),
    url_name="approvals:clock_wall",
    icon="chart-bar",
    permission="approvals.view_clock_wall",
    order=20,
)
nav(
    "approvals.deadlines",
    section=Section.INBOX,
    label=_("Deadlines"),
    url_name="approvals:deadline_list",
    icon="alarm",
    permission="approvals.view_deadline",
    order=50,
)
nav(
    "approvals.trail",
    section=Section.INBOX,
    label=_("Trail"),
    url_name="approvals:trail_list",
    icon="timeline-event",
    permission="approvals.view_trailentry",
    order=60,
)
nav(
    "approvals.rules",
    section=Section.INBOX,
    label=_("Time rules"),
    url_name="approvals:time_rule_list",
    icon="hourglass",
    permission="approvals.view_timerule",
    order=70,
)
nav(
    "approvals.content_rules",
    section=Section.INBOX,
    label=_("Content rules"),
    url_name="approvals:content_rule_lists",
    icon="ban",
    permission="approvals.view_contentrulelist",
    order=75,
)
nav(
    "approvals.rule_hits",
    section=Section.INBOX,
    label=_("Hits of content rules"),
    url_name="approvals:rule_hit_list",
    icon="target",
    permission="approvals.view_rulehit",
    order=76,
)
nav(
    "approvals.security_events",
    section=Section.INBOX,
    label=_("Security events"),
    url_name="approvals:security_event_list",
    icon="shield-exclamation",
    permission="approvals.view_securityevent",
    order=80,
)
nav(
    "approvals.stage_rules",
    section=Section.INBOX,
    label=_("Stages and classes"),
    url_name="approvals:stage_rules",
    icon="git-branch",
    permission="approvals.view_stagerule",
    order=75,
)
nav(
    "approvals.system",
    section=Section.SYSTEM,
    label=_("System"),
    url_name="approvals:system",
    icon="heartbeat",
    permission="approvals.view_heartbeat",
    order=10,
)
