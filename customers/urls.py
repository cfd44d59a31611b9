"""Addresses of customers and messages."""

from django.urls import path, register_converter

from customers.views import mailbox, messages, people


class DecisionConverter:
    """One of the three decisions about a message."""

    regex = "confirm|retry|drop"

    def to_python(self, value: str) -> str:
        """The word itself."""
        return value

    def to_url(self, value: str) -> str:
        """The word itself."""
        return value


register_converter(DecisionConverter, "decision")

app_name = "customers"
urlpatterns = [
    path("", people.CUSTOMERS.as_view(), name="customer_list"),
    path("<int:pk>/", people.customer_detail, name="customer_detail"),
    path("<int:pk>/name/", people.name_reveal, name="name_reveal"),
    path("<int:pk>/identities/<int:identity_pk>/", people.identity_reveal, name="identity_reveal"),
    path("<int:pk>/erase/", people.customer_erase, name="customer_erase"),
    path("messages/", messages.MESSAGES.as_view(), name="message_list"),
    path("messages/failed/", messages.FAILURES.as_view(), name="message_failures"),
    path("messages/<int:pk>/", messages.message_detail, name="message_detail"),
    path("messages/<int:pk>/<decision:decision>/", messages.message_decide, name="message_decide"),
    path("mailbox/", mailbox.mailbox, name="mailbox"),
    path("mailbox/<int:pk>/", mailbox.mailbox_item, name="mailbox_item"),
]
