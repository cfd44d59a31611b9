"""The content rules that are shipped. They are data for the first start: afterwards the owners of the lists change them.

Notes are English for translation when they are shown (`gettext_noop`), phrases are what stands in a shop's text.
"""

from approvals.policies.phrase_lists.absolute_terms import ABSOLUTE
from approvals.policies.phrase_lists.banned_phrases import BANNED
from approvals.policies.phrase_lists.claims import CLAIMS
from approvals.policies.phrase_lists.company_secrets import SECRETS
from approvals.policies.phrase_lists.declaring import PhraseList
from approvals.policies.phrase_lists.house_units import UNITS
from approvals.policies.phrase_lists.personal_data import PERSONAL
from approvals.policies.phrase_lists.tone import TONE

DEFAULT_LISTS: tuple[PhraseList, ...] = (ABSOLUTE, CLAIMS, BANNED, SECRETS, PERSONAL, TONE, UNITS)

__all__ = ["DEFAULT_LISTS", "PhraseList"]
