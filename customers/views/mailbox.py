"""The mails of a system without a mail server, to be read on a screen."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.kit.web import Column, ListScreen, mask_email, page, require
from customers.models import MailboxItem
from customers.views._masks import SEE


def address(item: MailboxItem) -> str:
    """The page of a mail."""
    return reverse("customers:mailbox_item", args=[item.pk])


MAILBOX = ListScreen(
    key="customers.mailbox",
    title=_("Mailbox"),
    intro=_("No mail server is set up (EMAIL_URL): nothing leaves this system, every mail ends here."),
    permission="customers.view_mailboxitem",
    rows=lambda user: MailboxItem.objects.all(),
    columns=(
        Column("subject", _("Subject"), link=address),
        Column("recipients", _("To"), masked_for=SEE, mask=mask_email),
        Column("sender", _("From")),
        Column("at", _("At"), kind="datetime", order_by="at"),
        Column("message_id", _("Message ID"), kind="code", shown=False),
    ),
    search=("subject",),
    row_url=address,
    export=False,
    empty=_("Mails to customers would be here a few seconds after their order came in."),
)
_list = MAILBOX.as_view()


@require("customers.view_mailboxitem")
def mailbox(request: HttpRequest) -> HttpResponseBase:
    """The mails, newest first. 404 where a mail server is set up."""
    _require_mailbox()
    return _list(request)


@require("customers.view_mailboxitem")
def mailbox_item(request: HttpRequest, pk: int) -> HttpResponse:
    """One mail."""
    _require_mailbox()
    item = get_object_or_404(MailboxItem, pk=pk)
    recipients = item.recipients if request.user.has_perm(SEE) else mask_email(item.recipients)
    return page(request, "customers/desk/mailbox_item.html", {"item": item, "recipients": recipients})


def _require_mailbox() -> None:
    if settings.EMAIL_URL:
        raise Http404
