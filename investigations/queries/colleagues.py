"""Who may read a case, answer a question about it, be named in its notes."""

import re
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from governance.accounts.enums import SCOPE_ROLES, Function, Kind, Role, Scope
from governance.accounts.models import RoleGrant, User
from investigations.enums import AskedOf, ClaimEnd
from investigations.models import Case, Claim
from investigations.permissions import SENIORS


def who_may_read(case: Case) -> QuerySet[User]:
    """Active people whose roles open the case: in all markets, or in one that it touches."""
    return _people(case, Q(role__in=SCOPE_ROLES[Scope.CASES_READ]))


def who_may_answer(case: Case, asked_of: str) -> QuerySet[User]:
    if asked_of == AskedOf.LEGAL:
        return _people(case, Q(role=Role.APPROVER, function=Function.LEGAL))
    return _people(case, Q(role__in=SENIORS))


def who_held(case: Case, *, other_than: User) -> User | None:
    """The last person who left the case to a senior, where they may still read it."""
    held = Claim.objects.filter(case=case, ended_as=ClaimEnd.HELD).exclude(person=other_than)
    last = held.order_by("-ended_at", "-id").values_list("person", flat=True).first()
    return who_may_read(case).filter(pk=last).first() if last else None


def named(text: str, people: Iterable[User]) -> list[User]:
    """Those of these people whom a text names by @ and their pseudonym; of two names the longer is meant."""
    by_name = {person.pseudonym.casefold(): person for person in people}
    if "@" not in text or not by_name:
        return []
    longest = sorted(by_name, key=len, reverse=True)
    pattern = re.compile("@(" + "|".join(re.escape(name) for name in longest) + r")(?!\w)")
    found = {match[1]: by_name[match[1]] for match in pattern.finditer(text.casefold())}
    return list(found.values())


def _people(case: Case, role: Q) -> QuerySet[User]:
    """A person limited to markets in one role is not limited in another: `markets` of the permissions says the same."""
    theirs = RoleGrant.objects.filter(markets=[]).values("user")
    here = RoleGrant.objects.filter(markets__overlap=case.markets).values("user")
    with_role = RoleGrant.objects.filter(role).values("user")
    rows = User.objects.filter(Q(pk__in=theirs) | Q(pk__in=here), pk__in=with_role, is_active=True, kind=Kind.PERSON)
    return rows.order_by("pseudonym", "pk")
