"""The policies under which a person may decide of their own accord."""

from collections.abc import Collection

from django.utils.translation import get_language

from enforcement.queries import decisions
from governance.policies.enums import Subject
from governance.policies.models import Policy


def by_title(subjects: Collection[Subject] = (Subject.LISTINGS,)) -> list[tuple[int, str]]:
    """In force and about these subjects, by their titles in the person's language."""
    rows = dict(Policy.objects.filter(live__isnull=False, subject__in=list(subjects)).values_list("live", "pk"))
    titles = decisions.titles(rows, language=(get_language() or "en").split("-")[0])
    return sorted(((rows[version], title) for version, title in titles.items()), key=lambda each: each[1].casefold())
