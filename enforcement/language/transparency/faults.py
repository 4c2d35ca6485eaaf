"""What is wrong with a payload, field by field."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """`rule` names a rule of ours that is stricter than the database; empty for one of its own."""

    field: str
    message: str
    rule: str = ""


def fields_of(faults: Mapping[str, Iterable[Fault]] | Iterable[Fault]) -> list[str] | dict[str, list[str]]:
    """The fields at fault, sorted; of a batch with faulty statements by statement, of a faulty envelope its own fields."""
    if not isinstance(faults, Mapping):
        return sorted({fault.field for fault in faults})
    by_place = {place: sorted({fault.field for fault in each}) for place, each in faults.items()}
    return by_place if all(place.startswith("statement_") for place in by_place) and by_place else sorted(by_place)


def messages_of(faults: Iterable[Fault]) -> dict[str, list[str]]:
    """As the database answers: field, then what is wrong with it."""
    found: dict[str, list[str]] = {}
    for fault in faults:
        found.setdefault(fault.field, []).append(fault.message)
    return found
