"""What is done to many cases, in words, and the figures of a preview with the names of what they count."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from governance.policies.enums import Measure
from governance.web import formats
from investigations.enums import BulkVerb
from investigations.models import BulkRun, Queue
from investigations.queries import lines


@dataclass(frozen=True)
class Group:
    """What the cases of a preview have in common, the most frequent first: (name, cases). A merchant of one case has nothing."""

    label: str
    rows: list[tuple[str, int]]


def title(run: BulkRun, language: str) -> str:
    """The act in one line, with what it needs."""
    if run.verb == BulkVerb.MOVE:
        queue = Queue.objects.filter(key=run.params["queue"]).first()
        return _("Move to “%(queue)s”") % {"queue": queue.name_in(language) if queue else run.params["queue"]}
    if run.verb == BulkVerb.ASIDE:
        return _("Put aside until %(when)s") % {"when": formats.minute(datetime.fromisoformat(run.params["until"]))}
    if run.verb == BulkVerb.DECIDE:
        return _("Decide: %(measure)s") % {"measure": Measure(run.params["measure"]).label}
    return str(BulkVerb(run.verb).label)


def figures(run: BulkRun, language: str) -> list[Group]:
    seen: dict[str, Any] = run.preview
    policies = lines.policy_titles([key for key, _n in seen["by_policy"] if key], language=language)
    queues = {queue.key: queue.name_in(language) for queue in Queue.objects.filter(key__in=_keys(seen["by_queue"]))}
    found = [
        Group(_("By policy"), [(policies.get(key or 0, _("No policy")), n) for key, n in seen["by_policy"]]),
        Group(_("By market"), [(formats.country(key), n) for key, n in seen["by_market"]]),
        Group(_("By merchant"), [(name, n) for name, n in seen["by_merchant"] if n > 1]),
        Group(_("By queue"), [(queues.get(key, key), n) for key, n in seen["by_queue"]]),
    ]
    return [group for group in found if group.rows]


def _keys(rows: list[list[Any]]) -> list[str]:
    return [key for key, _n in rows]
