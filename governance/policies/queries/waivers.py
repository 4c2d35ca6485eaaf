"""Waivers in force."""

from collections import defaultdict
from datetime import date

from governance.policies.models import Waiver


def in_force(day: date) -> dict[int, list[int]]:
    """Policy id → keys of its waivers that hold on a day."""
    rows = Waiver.objects.filter(revoked_at__isnull=True, starts_on__lte=day, ends_on__gte=day).order_by("pk")
    found: dict[int, list[int]] = defaultdict(list)
    for policy_id, key in rows.values_list("policy_id", "pk"):
        found[policy_id].append(key)
    return found
