"""People: who may sign in, and what they may do."""

from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from governance.accounts import queries
from governance.accounts.domain import people
from governance.accounts.enums import Place
from governance.accounts.filters import PersonFilter
from governance.accounts.forms import AddPerson, GrantRole
from governance.accounts.models import RoleGrant, User
from governance.accounts.permissions import can_manage_people, opens_place
from governance.accounts.views.acting import carry_out, person
from governance.web import formats
from governance.web.access import opens
from governance.web.lists import Column, ListPage
from governance.web.refusals import Refusal


def roles_of(row: User) -> str:
    return formats.series(grant.label for grant in row.grants.all())


class PeopleList(ListPage):
    section, title = "people", gettext_lazy("People")
    may_open = staticmethod(opens_place(Place.PEOPLE))
    filterset_class = PersonFilter
    order = ("pseudonym", "pk")
    columns = (
        Column("person", gettext_lazy("Person"), sort="pseudonym", value=lambda row: row.pseudonym),
        Column("username", gettext_lazy("Signs in as"), value=lambda row: row.username),
        Column("email", gettext_lazy("E-mail"), extra=True, value=lambda row: row.email),
        Column("roles", gettext_lazy("Roles"), grow=True, value=roles_of),
        Column("factor", gettext_lazy("Second factor"), spare=True, value=lambda row: row.second_factor),
        Column("state", gettext_lazy("State"), value=lambda row: _("Active") if row.is_active else _("Deactivated")),
        Column("seen", gettext_lazy("Last sign-in"), num=True, sort="last_login", value=lambda row: row.last_login),
    )
    row_template = "accounts/person_row.html"
    template_name = "accounts/people.html"

    def rows(self) -> QuerySet[User]:
        return queries.people()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_manage = can_manage_people(self.request.user)
        return super().get_context_data(may_manage=may_manage, form=AddPerson() if may_manage else None, **kwargs)


@opens(can_manage_people)
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    form = AddPerson(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            added = people.create_person(
                username=data["username"],
                email=data["email"],
                pseudonym=data["pseudonym"],
                roles=form.wanted(),
                actor=person(request),
                at=timezone.now(),
            )
        except Refusal as refusal:
            for field, text in refusal.errors.items():
                form.add_error(field, str(text))
        else:
            return _show_link(request, added)
    return render(request, "accounts/person_add.html", {"form": form}, status=422)


@opens(opens_place(Place.PEOPLE))
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, get_object_or_404(queries.people(), pk=pk), GrantRole())


def _page(request: HttpRequest, shown: User, form: GrantRole, status: int = 200) -> HttpResponse:
    context = {
        "shown": shown,
        "grants": queries.grants_of(shown),
        "history": queries.about_person(shown),
        "may_manage": can_manage_people(request.user),
        "form": form,
    }
    return render(request, "accounts/person.html", context, status=status)


@opens(can_manage_people)
@require_POST
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    shown, form = get_object_or_404(queries.people(), pk=pk), GrantRole(request.POST)
    if form.is_valid():
        try:
            given = people.grant_role(user=shown, wanted=form.wanted(), actor=person(request), at=timezone.now())
        except Refusal as refusal:
            for field, text in refusal.errors.items():
                form.add_error(field, str(text))
            if not refusal.errors:
                form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(who)s is now %(role)s.") % {"who": shown.pseudonym, "role": given.label})
            return redirect("accounts:person", pk)
    return _page(request, shown, form, 422)


@opens(can_manage_people)
@require_POST
def revoke(request: HttpRequest, pk: int, grant_pk: int) -> HttpResponse:
    held = get_object_or_404(RoleGrant.objects.select_related("user"), pk=grant_pk, user=pk)
    said = _("%(who)s is no longer %(role)s.") % {"who": held.user.pseudonym, "role": held.label}
    return carry_out(request, people.revoke_role, said, "accounts:person", pk, grant=held)


@opens(can_manage_people)
@require_POST
def deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(queries.people(), pk=pk)
    said = _("%(who)s cannot sign in any more.") % {"who": shown.pseudonym}
    return carry_out(request, people.deactivate, said, "accounts:person", pk, user=shown)


@opens(can_manage_people)
@require_POST
def reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(queries.people(), pk=pk)
    said = _("%(who)s may sign in again.") % {"who": shown.pseudonym}
    return carry_out(request, people.reactivate, said, "accounts:person", pk, user=shown)


@opens(can_manage_people)
@require_POST
def reset(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(queries.people(), pk=pk)
    try:
        fresh = people.reset_sign_in(user=shown, actor=person(request), at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("accounts:person", pk)
    return _show_link(request, fresh)


def _show_link(request: HttpRequest, of: User) -> HttpResponse:
    """The link with which a person chooses a password: it works once, and for three days."""
    key = f"{user_pk_to_url_str(of)}-{default_token_generator.make_token(of)}"
    uidb36, _dash, token = key.partition("-")
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": uidb36, "key": token})
    days = settings.PASSWORD_RESET_TIMEOUT // 86_400
    return render(
        request, "accounts/person_link.html", {"shown": of, "link": f"{settings.PUBLIC_URL}{path}", "days": days}
    )
