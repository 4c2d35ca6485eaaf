"""Who may. Whatever is not granted is denied; auditors read everything and change nothing."""

from collections.abc import Callable
from typing import cast

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from governance.accounts.enums import PLACE_ROLES, SCOPE_ROLES, Function, Place, Role, Scope
from governance.accounts.models import RoleGrant, User
from governance.accounts.models.role_grant import Grant

Anyone = AbstractBaseUser | AnonymousUser


def has_role(user: Anyone, *roles: Role) -> bool:
    """True where the active `user` holds one of `roles`."""
    return any(grant.role in roles for grant in grants(user))


def has_scope(user: Anyone, scope: Scope) -> bool:
    """True where the API key that speaks has `scope`, or the person's roles carry it."""
    if isinstance(user, User) and user.key_scopes is not None:
        return user.is_active and scope in user.key_scopes
    return has_role(user, *SCOPE_ROLES[scope])


def can_open(user: Anyone, place: Place | str) -> bool:
    return has_role(user, *PLACE_ROLES[Place(place)])


def opens_place(place: Place) -> Callable[[Anyone], bool]:
    """The predicate for a view's `opens(...)`: the view and its place in the rail ask the same question."""

    def may_open(user: Anyone, /) -> bool:
        return can_open(user, place)

    return may_open


def functions(user: Anyone) -> frozenset[Function]:
    """What `user` may approve for."""
    return frozenset(grant.function for grant in grants(user) if grant.function)


def may_in_market(user: Anyone, market: str, *roles: Role) -> bool:
    """True where one of `roles` is held for `market`; a grant without markets holds in all."""
    return any(grant.role in roles and (not grant.markets or market in grant.markets) for grant in grants(user))


def can_manage_people(user: Anyone) -> bool:
    return has_role(user, Role.ADMINISTRATOR)


def can_manage_keys(user: Anyone) -> bool:
    return has_role(user, Role.ADMINISTRATOR)


def grants(user: Anyone) -> tuple[Grant, ...]:
    """The grants of an active person; the middleware loaded them, elsewhere the first question does."""
    if not (user.is_authenticated and user.is_active):
        return ()
    person = cast(User, user)
    if person.loaded_grants is None:
        person.loaded_grants = RoleGrant.objects.of(person.pk)
    return person.loaded_grants
