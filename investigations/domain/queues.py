"""Queues: those a marketplace starts with, their rules and their order."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from governance.accounts.models import User
from governance.audit.domain import entries
from governance.policies.language import About, RuleProblems
from governance.policies.language.problems import Problem
from governance.policies.queries.environment import environment
from governance.web.refusals import MoveRefused, Refusal
from investigations.domain import routing
from investigations.enums import Skill
from investigations.models import Queue
from investigations.queries.routing import active

DEFAULTS = Path(__file__).resolve().parent.parent / "data" / "queues.toml"
STEP = 10
"""Positions stand so far apart; the default queue stands last."""
KEY_LENGTH = 40


class RuleWrong(Refusal):
    """The rule cannot be read; `problems` say where and why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(_("The rule cannot be read yet."), errors={"rule": problems[0].message})
        self.problems = tuple(problems)


class StaysDefault(MoveRefused):
    """One queue takes what no other does. It has no rule and cannot be removed."""


@dataclass(frozen=True)
class Terms:
    """What a person says of a queue. `rule` is empty for the default one."""

    names: Mapping[str, str]
    rule: str
    decide_within_hours: int
    hidden_measures: Sequence[str] = ()
    asks: Sequence[str] = field(default_factory=lambda: tuple(Skill.values))


def default_queue() -> Queue:
    """The one that takes what no rule takes."""
    return next(queue for queue in ensure_default_queues() if queue.is_default)


def ensure_default_queues() -> list[Queue]:
    """Add the default queues that are not there; returns those that take cases. One that somebody changed stays as it is."""
    rows = tomllib.loads(DEFAULTS.read_text(encoding="utf-8"))["queue"]
    Queue.objects.bulk_create(
        [
            Queue(
                key=row["key"],
                names=row["names"],
                position=row["position"],
                rule=row.get("rule", ""),
                is_default=row.get("default", False),
                decide_within_hours=row["within_hours"],
                asks=list(Skill.values),
            )
            for row in rows
        ],
        ignore_conflicts=True,
    )
    return active()


@transaction.atomic
def add(*, terms: Terms, actor: User, at: datetime, move: bool = False) -> Queue:
    """A new queue, asked after the others and before the default one. With `move` the live cases are routed anew."""
    known = _lock()
    check(terms, is_default=False)
    rest = [queue for queue in known if not queue.is_default]
    queue = Queue.objects.create(
        key=_free_key(terms.names["en"]),
        position=(rest[-1].position if rest else 0) + STEP,
        **_fields(terms),
    )
    _note("queue.added", queue, actor, at, data=asdict(terms))
    _move_where(move, actor, at)
    return queue


@transaction.atomic
def change(*, queue: Queue, terms: Terms, actor: User, at: datetime, move: bool = False) -> Queue:
    """Say something else of a queue. With `move` the live cases are routed anew; else only those that come."""
    queue = _one(queue)
    check(terms, is_default=queue.is_default)
    wanted = _fields(terms)
    differs = {name: value for name, value in wanted.items() if getattr(queue, name) != value}
    if differs:
        data = {name: [getattr(queue, name), value] for name, value in differs.items()}
        for name, value in differs.items():
            setattr(queue, name, value)
        queue.save(update_fields=list(differs))
        _note("queue.changed", queue, actor, at, data=data)
    _move_where(move, actor, at)
    return queue


@transaction.atomic
def order(*, keys: Sequence[str], actor: User, at: datetime, move: bool = False) -> list[Queue]:
    """Ask the queues in this order. `keys` are all but the default one's."""
    known = {queue.key: queue for queue in _lock() if not queue.is_default}
    if sorted(keys) != sorted(known):
        raise MoveRefused(_("The queues have been changed meanwhile. Look at their order again."))
    was = [queue.key for queue in known.values()]
    if list(keys) != was:
        for number, key in enumerate(keys, start=1):
            known[key].position = number * STEP
        Queue.objects.bulk_update(known.values(), ["position"])
        _note("queue.ordered", known[keys[0]], actor, at, data={"before": was, "after": list(keys)})
    _move_where(move, actor, at)
    return active()


@transaction.atomic
def remove(*, queue: Queue, actor: User, at: datetime) -> Queue:
    """Take a queue away. Its live cases go where the other rules put them."""
    queue = _one(queue)
    if queue.is_default:
        raise StaysDefault(_("The default queue takes what no other does. It cannot be removed."))
    queue.removed_at = at
    queue.save(update_fields=["removed_at"])
    _note("queue.removed", queue, actor, at)
    _move_where(True, actor, at)
    return queue


def _lock() -> list[Queue]:
    """The queues that take cases, so that two who change them take turns."""
    Queue.objects.select_for_update().filter(is_default=True).first()
    return active()


def _one(queue: Queue) -> Queue:
    _lock()
    found = Queue.objects.select_for_update().get(pk=queue.pk)
    if found.removed_at:
        raise MoveRefused(_("This queue has been removed meanwhile."))
    return found


def check(terms: Terms, *, is_default: bool) -> None:
    """Raises what saving these terms would."""
    if not str(terms.names.get("en", "")).strip():
        raise Refusal(_("A queue needs a name in English."), errors={"name_en": _("Missing.")})
    if is_default:
        if terms.rule:
            raise StaysDefault(_("The default queue takes what no other does: it has no rule."))
        return
    try:
        environment().compile(terms.rule, About.CASES)
    except RuleProblems as wrong:
        raise RuleWrong(wrong.problems) from wrong


def _fields(terms: Terms) -> dict[str, Any]:
    return {
        "names": {language: name for language, name in terms.names.items() if name},
        "rule": terms.rule,
        "decide_within_hours": terms.decide_within_hours,
        "hidden_measures": sorted(terms.hidden_measures),
        "asks": sorted(terms.asks),
    }


def _free_key(name: str) -> str:
    base = (slugify(name).replace("-", "_") or "queue")[: KEY_LENGTH - 4]
    taken = set(Queue.objects.filter(key__startswith=base).values_list("key", flat=True))
    return next(key for key in (base, *(f"{base}_{n}" for n in range(2, 1_000))) if key not in taken)


def _move_where(wanted: bool, actor: User, at: datetime) -> None:
    if wanted:
        routing.ask_again(actor=actor, at=at)


def _note(verb: str, queue: Queue, actor: User, at: datetime, *, data: Mapping[str, Any] | None = None) -> None:
    entries.record(
        verb=verb, actor=actor, subject_kind="queue", subject_id=queue.pk, subject_ref=queue.key, data=data, at=at
    )
