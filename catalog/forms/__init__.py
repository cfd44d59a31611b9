"""Forms of the catalogue, by what they edit."""

from catalog.forms.products import PriceForm, ReasonForm, StateForm

__all__ = ["PriceForm", "ReasonForm", "StateForm"]
