"""The typed modules that pages are made of. A module is {"key", "kind", "region", "data"}; `data` depends on its kind.

`kinds` says what there is, `reading` what may be stored, `checking` what must be there before shoppers see it.
"""

from stores.policies.modules.checking import Surroundings, check_modules
from stores.policies.modules.kinds import (
    KINDS_ON_PAGE,
    MAX_MODULES,
    MODULES,
    FieldType,
    ModuleField,
    field_label,
    name_of,
    new_key,
    title_of,
)
from stores.policies.modules.problems import Problem
from stores.policies.modules.reading import read_modules
from stores.policies.modules.texts import input_from_rich, rich_from_input, texts_of

__all__ = [
    "KINDS_ON_PAGE",
    "MAX_MODULES",
    "MODULES",
    "FieldType",
    "ModuleField",
    "Problem",
    "Surroundings",
    "check_modules",
    "field_label",
    "input_from_rich",
    "name_of",
    "new_key",
    "read_modules",
    "rich_from_input",
    "texts_of",
    "title_of",
]
