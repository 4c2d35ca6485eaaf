"""Saved views as every list reads and writes them."""

from collections.abc import Iterable

from django.utils import timezone

from governance.accounts import queries
from governance.accounts.domain import saved_views as domain
from governance.accounts.models import SavedView, User
from governance.web import saved_views


class SavedViewStore:
    def of(self, *, user: User, page: str) -> Iterable[saved_views.View]:
        rows = queries.saved_views(user=user, page=page)
        return [saved_views.View(row.pk, row.name, row.query, row.user_id == user.pk) for row in rows]

    def save(self, *, user: User, page: str, name: str, query: str, shared: bool) -> None:
        domain.save(user=user, page=page, name=name, query=query, shared=shared, at=timezone.now())

    def delete(self, *, user: User, pk: int) -> None:
        """Somebody else's view stays: they asked for one that is not theirs."""
        view = SavedView.objects.filter(pk=pk, user=user).first()
        if view is not None:
            domain.delete(view=view, actor=user, at=timezone.now())


saved_views.use_store(SavedViewStore())
