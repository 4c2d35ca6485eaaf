"""A case with those that were merged into it: what was decided, written and put there is read here."""

from django.db.models import Q, QuerySet

from investigations.models import Case, CaseLink, Question, Watch


def keys(case: Case) -> list[int]:
    """The case's own key and those of all that were merged into it, however often."""
    found, last = [case.pk], [case.pk]
    while last := list(Case.objects.filter(merged_into__in=last).order_by("pk").values_list("pk", flat=True)):
        found += last
    return found


def end_of(case: Case) -> Case:
    """Where a merged case goes on; itself, where it was not merged."""
    while case.merged_into_id is not None:
        case = Case.objects.get(pk=case.merged_into_id)
    return case


def links(case: Case) -> list[CaseLink]:
    """What the case belongs with, each with the other one as `other`."""
    rows = CaseLink.objects.filter(Q(first=case) | Q(second=case), ended_at=None)
    found = list(rows.select_related("first__merchant", "second__merchant", "linked_by").order_by("-linked_at", "-id"))
    for link in found:
        link.other = link.second if link.first_id == case.pk else link.first  # type: ignore[attr-defined]
    return found


def questions(case: Case) -> list[Question]:
    """The open one and the last that were answered, the newest first."""
    rows = Question.objects.filter(case=case, withdrawn_at=None).select_related("asker", "answered_by")
    return list(rows.order_by("-asked_at", "-id")[:3])


def to_merge(case: Case, visible: QuerySet[Case]) -> QuerySet[Case]:
    """The other live cases of the merchant that a person may see, the most urgent first."""
    rows = visible.filter(merchant=case.merchant_id, closed_at__isnull=True).exclude(pk=case.pk)
    return rows.select_related("merchant", "policy").order_by("-priority", "id")


def watches(case: Case, person_id: int | None) -> bool:
    return Watch.objects.filter(case=case, person=person_id).exists()
