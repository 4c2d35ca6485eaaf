"""A person's inbox: what they were told of cases that they may still read."""

from django.db.models import QuerySet

from governance.accounts.permissions import Anyone
from investigations.models import Telling
from investigations.queries import work


def of(user: Anyone) -> QuerySet[Telling]:
    rows = Telling.objects.filter(person=user.pk, case__in=work.visible_cases(user).values("pk"))
    return rows.select_related("case__merchant", "actor")


def unread(user: Anyone) -> int:
    return of(user).filter(read_at=None).count()
