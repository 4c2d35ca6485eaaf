"""A list's filters under a name, for oneself or for everybody."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from governance.accounts.models import SavedView, User
from governance.audit.domain.entries import record
from governance.web.refusals import Refusal

LONGEST = 2_000


@transaction.atomic
def save(*, user: User, page: str, name: str, query: str, shared: bool, at: datetime) -> SavedView:
    """Keep `query` under `name`; saving again under the same name replaces it."""
    name = name.strip()
    if not name or len(name) > 60:
        raise Refusal(_("Name the view in at most 60 characters."), errors={"name": _("1 to 60 characters.")})
    if len(query) > LONGEST:
        raise Refusal(_("These filters are too long to keep. Choose fewer values."))
    view, _new = SavedView.objects.update_or_create(
        user=user,
        page=page,
        name=name,
        defaults={"query": query, "shared": shared},
        create_defaults={"query": query, "shared": shared, "created_at": at},
    )
    _note("view.saved", view, user, at)
    return view


@transaction.atomic
def delete(*, view: SavedView, actor: User, at: datetime) -> None:
    _note("view.deleted", view, actor, at)
    view.delete()


def _note(verb: str, view: SavedView, actor: User, at: datetime) -> None:
    data = {"page": view.page, "query": view.query, "shared": view.shared}
    record(
        verb=verb, actor=actor, subject_kind="saved_view", subject_id=view.pk, subject_ref=view.name, data=data, at=at
    )
