"""What people fill in on the pages of shops and of the company."""

from stores.forms.front import LanguageForm

__all__ = ["LanguageForm"]
