"""The policies under which a person may decide of their own accord."""

from django.utils.translation import get_language

from enforcement.queries import decisions
from governance.policies.enums import Subject
from governance.policies.models import Policy


def by_title() -> list[tuple[int, str]]:
    """In force and about listings, by their titles in the person's language."""
    rows = dict(Policy.objects.filter(live__isnull=False, subject=Subject.LISTINGS).values_list("live", "pk"))
    titles = decisions.titles(rows, language=(get_language() or "en").split("-")[0])
    return sorted(((rows[version], title) for version, title in titles.items()), key=lambda each: each[1].casefold())
