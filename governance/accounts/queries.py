"""Reading people, keys and the log for their pages."""

from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, TextField
from django.db.models.functions import Cast

from governance.accounts.enums import Kind
from governance.accounts.models import ApiKey, RoleGrant, SavedView, User
from governance.audit.models import Entry


def people() -> QuerySet[User]:
    """People with what they hold, and whether a second factor guards their sign-in."""
    held = Prefetch("grants", RoleGrant.objects.order_by("role", "function", "id"))
    factor = Exists(Authenticator.objects.filter(user=OuterRef("pk")))
    return User.objects.filter(kind=Kind.PERSON).annotate(second_factor=factor).prefetch_related(held)


def keys() -> QuerySet[ApiKey]:
    return ApiKey.objects.select_related("created_by")


def grants_of(user: User) -> QuerySet[RoleGrant]:
    return RoleGrant.objects.filter(user=user).select_related("granted_by").order_by("role", "function", "id")


def entries() -> QuerySet[Entry]:
    """The log with its actors, and `data_text`: the details as they are stored."""
    return Entry.objects.select_related("actor").annotate(data_text=Cast("data", TextField()))


def about_person(user: User, limit: int = 20) -> list[Entry]:
    """What was done to this person's account, newest first."""
    return list(entries().filter(subject_kind="person", subject_id=user.pk).order_by("-at", "-id")[:limit])


def saved_views(*, user: User, page: str) -> Iterable[SavedView]:
    """A person's own views of a list, then what others share."""
    rows = SavedView.objects.filter(Q(user=user) | Q(shared=True), page=page)
    return sorted(rows.order_by("name", "id"), key=lambda view: view.user_id != user.pk)
