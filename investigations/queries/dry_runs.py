"""What other rules would do with the cases that are live now. Nothing is written."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from governance.accounts.permissions import Anyone
from investigations.enums import LIVE_CASES
from investigations.models import Case, Queue
from investigations.queries import work
from investigations.queries.routing import Router

MOST_READ, AT_A_TIME = 10_000, 2_000
EXAMPLES = 3


@dataclass
class Move:
    """Cases that would go from one queue to another, some of them as examples."""

    before: Queue
    after: Queue
    count: int = 0
    examples: list[Case] = field(default_factory=list)


@dataclass
class DryRun:
    """`read` of `live` cases were read: the most urgent, where there are more than can be read while somebody waits."""

    live: int = 0
    read: int = 0
    moves: list[Move] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)
    faults: int = 0

    @property
    def moved(self) -> int:
        return sum(move.count for move in self.moves)


def of(queues: Sequence[Queue], *, user: Anyone, at: datetime) -> DryRun:
    """Read the live cases by the rules of `queues`, which need not be stored. Examples are cases that `user` may read."""
    router = Router(queues)
    live = (
        Case.objects.filter(state__in=LIVE_CASES, golden__isnull=True)
        .order_by("-priority", "id")
        .values_list("pk", flat=True)
    )
    keys = list(live[: MOST_READ + 1])
    run = DryRun(live=len(keys) if len(keys) <= MOST_READ else live.count(), problems=dict(router.problem))
    moves: dict[tuple[int, str], Move] = {}
    gone: dict[tuple[int, str], list[int]] = defaultdict(list)
    for first in range(0, min(len(keys), MOST_READ), AT_A_TIME):
        part = Case.objects.filter(pk__in=keys[first : first + AT_A_TIME]).select_related("policy", "queue")
        cases = sorted(part, key=lambda case: (-case.priority, case.pk))
        places = router.places(cases, at)
        run.read += len(cases)
        for case in cases:
            place = places[case.pk]
            run.faults += bool(place.problem) and place.problem != router.problem
            if place.queue.key == case.queue.key:
                continue
            pair = case.queue_id, place.queue.key
            moves.setdefault(pair, Move(case.queue, place.queue)).count += 1
            gone[pair].append(case.pk)
    run.moves = sorted(moves.values(), key=lambda move: -move.count)
    _exemplify(moves, gone, user)
    return run


def _exemplify(moves: dict[tuple[int, str], Move], gone: dict[tuple[int, str], list[int]], user: Anyone) -> None:
    """The most urgent of each that the reader may see."""
    wanted = [key for keys in gone.values() for key in keys[: EXAMPLES * 10]]
    seen = work.visible_cases(user).filter(pk__in=wanted).select_related("merchant", "policy", "queue").in_bulk()
    for pair, move in moves.items():
        move.examples = [seen[key] for key in gone[pair] if key in seen][:EXAMPLES]
