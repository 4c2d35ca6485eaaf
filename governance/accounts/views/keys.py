"""API keys: which programs may speak to the API, and what each may do."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from governance.accounts import queries
from governance.accounts.domain import api_keys
from governance.accounts.enums import Place
from governance.accounts.filters import ApiKeyFilter
from governance.accounts.forms import NewKey
from governance.accounts.models import ApiKey
from governance.accounts.permissions import can_manage_keys, opens_place
from governance.accounts.views.acting import carry_out, person
from governance.web.access import opens
from governance.web.lists import Column, ListPage
from governance.web.refusals import Refusal


class KeyList(ListPage):
    section, title = "people", gettext_lazy("API keys")
    may_open = staticmethod(opens_place(Place.PEOPLE))
    filterset_class = ApiKeyFilter
    order = ("name", "pk")
    columns = (
        Column("name", gettext_lazy("Name"), sort="name", value=lambda row: row.name),
        Column("prefix", gettext_lazy("Begins with"), value=lambda row: f"gk_{row.prefix}"),
        Column("scopes", gettext_lazy("Scopes"), grow=True, value=lambda row: " ".join(row.scopes)),
        Column(
            "by", gettext_lazy("Made by"), extra=True, value=lambda row: row.created_by and row.created_by.pseudonym
        ),
        Column(
            "created", gettext_lazy("Made"), num=True, extra=True, sort="created_at", value=lambda row: row.created_at
        ),
        Column("expires", gettext_lazy("Expires"), num=True, sort="expires_at", value=lambda row: row.expires_at),
        Column("used", gettext_lazy("Last used"), num=True, sort="last_used_on", value=lambda row: row.last_used_on),
        Column("revoke", gettext_lazy("Revoke"), fit=True, quiet_head=True),
    )
    row_template = "accounts/key_row.html"
    template_name = "accounts/keys.html"

    def rows(self) -> QuerySet[ApiKey]:
        return queries.keys()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_manage = can_manage_keys(self.request.user)
        form = NewKey() if may_manage else None
        return super().get_context_data(may_manage=may_manage, form=form, now=timezone.now(), **kwargs)


@opens(can_manage_keys)
@require_POST
def create(request: HttpRequest) -> HttpResponse:
    form = NewKey(request.POST)
    if form.is_valid():
        at, life = timezone.now(), form.valid_for()
        name, scopes = form.cleaned_data["name"], form.cleaned_data["scopes"]
        try:
            key, secret = api_keys.create(
                name=name, scopes=scopes, actor=person(request), at=at, expires_at=at + life if life else None
            )
        except Refusal as refusal:
            for field, text in refusal.errors.items():
                form.add_error(field, str(text))
        else:
            return render(request, "accounts/key_made.html", {"key": key, "secret": secret})
    return render(request, "accounts/key_new.html", {"form": form}, status=422)


@opens(can_manage_keys)
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    key = get_object_or_404(ApiKey, pk=pk)
    said = _("The key “%(name)s” is revoked. Requests with it are refused from now on.") % {"name": key.name}
    return carry_out(request, api_keys.revoke, said, "accounts:keys", key=key)
