"""The matching engine of content rules: phrases that are found through tricks, patterns with a bound, personal data.

Phrases are searched in *folded* text: compatibility forms (full-width, ①, ㎏) and case are levelled, Cyrillic and Greek
look-alikes read as Latin, traditional characters as simplified ones, Chinese figures as figures; what is neither
letter nor figure is left out (`folding`). One pass finds all phrases (`automaton`), and afterwards it is decided
whether the gaps were a trick or a sentence (`needles`). Patterns are regular expressions that cannot take long
(`patterns`), or searches that know check digits (`personal_data`). `rule_sets` puts them together.
"""

from approvals.policies.phrases.folding import fold
from approvals.policies.phrases.patterns import MAX_PATTERN, MAX_WAYS, pattern_problem
from approvals.policies.phrases.personal_data import DETECTORS, is_card_number, is_identity_number
from approvals.policies.phrases.rule_sets import MAX_HITS, RuleSet, compile_rules, excerpt_of
from approvals.policies.phrases.rules import DETECTOR, Hit, PhraseRule

__all__ = [
    "DETECTOR",
    "DETECTORS",
    "MAX_HITS",
    "MAX_PATTERN",
    "MAX_WAYS",
    "Hit",
    "PhraseRule",
    "RuleSet",
    "compile_rules",
    "excerpt_of",
    "fold",
    "is_card_number",
    "is_identity_number",
    "pattern_problem",
]
