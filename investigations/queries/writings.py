"""What people wrote, found by its words: notes, reasons, notices. Only what the person may read where it stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Exists, OuterRef, QuerySet

from enforcement.models import Decision
from enforcement.permissions import can_read_decisions, markets
from enforcement.queries.decisions import concerns
from governance.accounts.models import User
from governance.accounts.permissions import Anyone
from governance.web.fulltext import READ, written
from investigations.models import CaseDecision, InvestigationNote, Note
from investigations.queries import investigations, notices, work
from investigations.text import search_words

MOST = 20
"""Writings shown: of more, the newest."""


@dataclass(frozen=True)
class Writing:
    """`kind` is note, reason, notice or investigation. `subject` is what it stands in; of a notice, `by` is nobody of ours: `reporter`
    says what its sender was."""

    kind: str
    pk: int
    subject: Any
    text: str
    at: datetime
    by: User | None = None
    reporter: str = ""


def find(words: str, *, user: Anyone) -> list[Writing]:
    """The newest first, one more than are shown where there are more. Nothing where no word is to be there."""
    asked = search_words.tsquery(words) if search_words.wanted(words) else ""
    if not asked:
        return []
    found = [writing for reader in (_notes, _reasons, _notices, _of_investigations) for writing in reader(asked, user)]
    return sorted(found, key=lambda each: (each.at, each.kind, each.pk), reverse=True)[: MOST + 1]


def _notes(asked: str, user: Anyone) -> Iterator[Writing]:
    rows = Note.objects.filter(case__in=work.visible_cases(user)).select_related("case", "author")
    for note in _newest(rows, "text", asked):
        yield Writing("note", note.pk, note.case, note.text[:READ], note.written_at, by=note.author)


def _reasons(asked: str, user: Anyone) -> Iterator[Writing]:
    if not can_read_decisions(user):
        return
    cases = work.visible_cases(user).order_by().values("pk")
    first = CaseDecision.objects.filter(decision=OuterRef("pk"), case__in=cases)
    beside = CaseDecision.also.through.objects.filter(decision=OuterRef("pk"), casedecision__case__in=cases)
    rows = Decision.objects.filter(Exists(first) | Exists(beside)).select_related("decided_by")
    own = markets(user)
    rows = rows if own is None else rows.filter(concerns(own))
    for decision in _newest(rows, "reason", asked):
        text, at = decision.reason[:READ], decision.decided_at
        yield Writing("reason", decision.pk, decision, text, at, by=decision.decided_by)


def _notices(asked: str, user: Anyone) -> Iterator[Writing]:
    for notice in _newest(notices.visible(user), "reason", asked):
        reporter = str(notice.get_reporter_kind_display())
        yield Writing("notice", notice.pk, notice, notice.reason[:READ], notice.received_at, reporter=reporter)


def _of_investigations(asked: str, user: Anyone) -> Iterator[Writing]:
    rows = InvestigationNote.objects.filter(investigation__in=investigations.visible(user))
    for note in _newest(rows.select_related("investigation", "author"), "text", asked):
        yield Writing("investigation", note.pk, note.investigation, note.text[:READ], note.written_at, by=note.author)


def _newest(rows: QuerySet[Any], field: str, asked: str) -> QuerySet[Any]:
    query = SearchQuery(asked, config="simple", search_type="raw")
    found: QuerySet[Any] = rows.alias(words=written(field)).filter(words=query)
    return found.order_by("-pk")[: MOST + 1]
