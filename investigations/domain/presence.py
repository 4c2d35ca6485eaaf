"""Who is looking at a case now. Kept in the cache alone: it is true for a minute, and a beat that is lost is followed by the next."""

from datetime import datetime, timedelta

from django.core.cache import cache

from governance.accounts.models import User

LASTS = timedelta(seconds=75)
"""Pages beat every thirty seconds."""


def look(*, case_id: int, person: User, at: datetime) -> list[str]:
    """Note that a person looks at a case; returns the others who do, by pseudonym. Two at once may hide one until the next beat."""
    key, now = f"case-seen:{case_id}", at.timestamp()
    known: dict[int, tuple[str, float]] = cache.get(key) or {}
    seen = {pk: entry for pk, entry in known.items() if entry[1] > now - LASTS.total_seconds()}
    seen[person.pk] = (str(person), now)
    cache.set(key, seen, int(LASTS.total_seconds()))
    return sorted(name for pk, (name, _at) in seen.items() if pk != person.pk)
