"""People, their roles and their preferences."""

import secrets
import zoneinfo
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from governance.accounts.enums import Function, ImageSize, Kind, Role, Theme
from governance.accounts.models import RoleGrant, User
from governance.audit.domain.entries import record
from governance.web.refusals import MoveRefused, Refusal

LETTERS = "BCDFGHJKMNPQRSTVWXZ"
DIGITS = list("23456789")
PREFERENCES = ("language", "time_zone", "theme", "image_blur", "image_grey", "image_size")


class WantedRole(NamedTuple):
    """A role to grant: approvers name their function, and no markets means all."""

    role: Role
    function: Function | None = None
    markets: tuple[str, ...] = ()


@transaction.atomic
def create_person(
    *,
    username: str,
    email: str,
    actor: User | None,
    at: datetime,
    pseudonym: str = "",
    roles: Iterable[WantedRole] = (),
    password: str | None = None,
    language: str = settings.LANGUAGE_CODE,
    time_zone: str = "UTC",
) -> User:
    """Add a person. Without `password` they choose one through a sign-in link; without `pseudonym` they are given one."""
    wanted = list(roles)
    shown = pseudonym.strip() or _free_pseudonym(wanted)
    person = User(
        username=username.strip(),
        email=email.strip().lower(),
        pseudonym=shown,
        initials=shown.split()[-1][:3].upper(),
        language=language,
        time_zone=time_zone,
        created_at=at,
    )
    _check_unique(person)
    person.set_password(password)
    person.save(force_insert=True)
    _note("person.created", person, actor, at)
    for each in wanted:
        _grant(person, each, actor, at)
    return person


@transaction.atomic
def grant_role(*, user: User, wanted: WantedRole, actor: User | None, at: datetime) -> RoleGrant:
    """Give a role, or change the markets of one that is held."""
    return _grant(_lock(user), wanted, actor, at)


@transaction.atomic
def revoke_role(*, grant: RoleGrant, actor: User | None, at: datetime) -> None:
    """Take a role away. The last administrator keeps theirs, and nobody locks themselves out."""
    person = _lock(grant.user)
    held = RoleGrant.objects.filter(pk=grant.pk).first()
    if held is None:
        raise MoveRefused(_("This role was taken away already."))
    if held.role == Role.ADMINISTRATOR:
        _keep_an_administrator(person, actor)
    held.delete()
    _note("person.role_revoked", person, actor, at, role=held.role, function=held.function, markets=held.markets)


@transaction.atomic
def deactivate(*, user: User, actor: User | None, at: datetime) -> User:
    """Shut a person out. What they did stays theirs."""
    person = _lock(user)
    if not person.is_active:
        raise MoveRefused(_("%(who)s is deactivated already.") % {"who": person.pseudonym})
    if person.grants.filter(role=Role.ADMINISTRATOR).exists():
        _keep_an_administrator(person, actor)
    return _set_active(person, False, "person.deactivated", actor, at)


@transaction.atomic
def reactivate(*, user: User, actor: User | None, at: datetime) -> User:
    person = _lock(user)
    if person.is_active:
        raise MoveRefused(_("%(who)s is active already.") % {"who": person.pseudonym})
    return _set_active(person, True, "person.reactivated", actor, at)


@transaction.atomic
def reset_sign_in(*, user: User, actor: User | None, at: datetime) -> User:
    """Forget the password and the second factor, which ends every session; a sign-in link lets the person choose anew."""
    person = _lock(user)
    if not person.is_active:
        raise MoveRefused(_("Reactivate %(who)s first.") % {"who": person.pseudonym})
    factors, _per_model = Authenticator.objects.filter(user=person).delete()
    person.set_unusable_password()
    person.save(update_fields=["password"])
    _note("person.sign_in_reset", person, actor, at, second_factors=factors)
    return person


@transaction.atomic
def set_preferences(*, user: User, actor: User | None, at: datetime, **wanted: Any) -> User:
    """Change `PREFERENCES`; the others stay."""
    person = _lock(user)
    changed = {name: value for name, value in wanted.items() if getattr(person, name) != value}
    if errors := _wrong_preferences(changed):
        raise Refusal(_("Some preferences are not known. Nothing was changed."), errors=errors)
    if not changed:
        return person
    for name, value in changed.items():
        setattr(person, name, value)
    person.save(update_fields=list(changed))
    _note("person.preferences_changed", person, actor, at, **changed)
    return person


def _wrong_preferences(changed: dict[str, Any]) -> dict[str, str]:
    known: dict[str, Iterable[Any]] = {
        "language": dict(settings.LANGUAGES),
        "theme": Theme.values,
        "image_size": ImageSize.values,
        "image_blur": (True, False),
        "image_grey": (True, False),
    }
    if "time_zone" in changed:
        known["time_zone"] = zoneinfo.available_timezones()
    return {name: _("Not known.") for name, value in changed.items() if value not in known.get(name, ())}


def _grant(person: User, wanted: WantedRole, actor: User | None, at: datetime) -> RoleGrant:
    if person.kind != Kind.PERSON:
        raise Refusal(_("Roles are for people; a service has the scopes of its key."))
    if (wanted.role == Role.APPROVER) != (wanted.function is not None):
        raise Refusal(
            _("An approver, and nobody else, answers for a function."),
            errors={"function": _("Choose one for approvers.")},
        )
    markets = sorted(set(wanted.markets))
    grant, new = RoleGrant.objects.get_or_create(
        user=person,
        role=wanted.role,
        function=wanted.function or "",
        defaults={"markets": markets, "granted_by": actor, "granted_at": at},
    )
    if not new and grant.markets == markets:
        raise MoveRefused(_("%(who)s holds this role already.") % {"who": person.pseudonym})
    if not new:
        grant.markets, grant.granted_by, grant.granted_at = markets, actor, at
        grant.save(update_fields=["markets", "granted_by", "granted_at"])
    _note("person.role_granted", person, actor, at, role=wanted.role, function=grant.function, markets=markets)
    return grant


def _keep_an_administrator(person: User, actor: User | None) -> None:
    if actor is not None and actor.pk == person.pk:
        raise Refusal(_("Ask another administrator: nobody takes their own administration away."))
    # Locks every administrator's grant, so that two of them cannot remove each other at once.
    admins = RoleGrant.objects.select_for_update().filter(role=Role.ADMINISTRATOR, user__is_active=True).order_by("id")
    if {grant.user_id for grant in admins} <= {person.pk}:
        raise Refusal(_("%(who)s is the last administrator. Name another first.") % {"who": person.pseudonym})


def _set_active(person: User, active: bool, verb: str, actor: User | None, at: datetime) -> User:
    person.is_active = active
    person.save(update_fields=["is_active"])
    _note(verb, person, actor, at)
    return person


def _check_unique(person: User) -> None:
    taken = {
        "username": User.objects.filter(username__iexact=person.username),
        "email": User.objects.filter(email__iexact=person.email),
        "pseudonym": User.objects.filter(pseudonym=person.pseudonym),
    }
    errors = {name: _("Taken.") for name, others in taken.items() if others.exists()}
    missing = {name: _("Missing.") for name in ("username", "email") if not getattr(person, name)}
    if errors or missing:
        raise Refusal(_("This person cannot be added as given."), errors=errors | missing)


def _free_pseudonym(wanted: list[WantedRole]) -> str:
    with translation.override("en"):  # stored once, shown to everybody
        label = wanted[0].role.label if wanted else _("Person")
    taken = set(User.objects.filter(pseudonym__startswith=f"{label} ").values_list("pseudonym", flat=True))
    digits = DIGITS
    while not (free := sorted({f"{label} {letter}{digit}" for letter in LETTERS for digit in digits} - taken)):
        digits = [first + second for first in digits for second in DIGITS]
    return secrets.choice(free)


def _lock(user: User) -> User:
    return User.objects.select_for_update().get(pk=user.pk)


def _note(verb: str, person: User, actor: User | None, at: datetime, **data: object) -> None:
    record(
        verb=verb,
        actor=actor,
        subject_kind="person",
        subject_id=person.pk,
        subject_ref=person.pseudonym,
        data=data,
        at=at,
    )
