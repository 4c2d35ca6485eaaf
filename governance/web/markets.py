"""The market filter of the topbar: which countries the figures and rows of every page are for."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.http import HttpRequest

SESSION_KEY = "markets"


@dataclass(frozen=True)
class MarketGroup:
    """Countries that are chosen together, such as the Gulf."""

    label: str
    codes: tuple[str, ...]


Source = Callable[[], Iterable[MarketGroup]]
_sources: list[Source] = []


def use_source(source: Source) -> None:
    """The room that owns markets says here how to read them. It is asked when the menu opens."""
    _sources[:] = [source]


def is_known() -> bool:
    """Whether there is anything to choose from; asks nobody."""
    return bool(_sources)


def groups() -> list[MarketGroup]:
    return [group for source in _sources for group in source()]


def known_codes() -> frozenset[str]:
    return frozenset(code for group in groups() for code in group.codes)


def chosen(request: HttpRequest) -> tuple[str, ...]:
    """The chosen countries, or nothing for all of them."""
    return tuple(request.session.get(SESSION_KEY, ())) if hasattr(request, "session") else ()


def choose(request: HttpRequest, codes: Iterable[str]) -> None:
    wanted = tuple(sorted(set(codes) & known_codes()))
    if wanted:
        request.session[SESSION_KEY] = list(wanted)
    else:
        request.session.pop(SESSION_KEY, None)
