"""Literals that name something: looked up before the rule ever runs."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from governance.policies.language.kinds import Function, Meant, Parameter
from governance.policies.language.patterns import BadPattern, compiled
from governance.policies.language.problems import Report, like
from governance.policies.language.scope import Known
from governance.policies.language.syntax import Call, Items, Literal, Node, dotted
from governance.policies.language.vocabulary import WINDOWS

MOST_DAYS = 3650
_UNKNOWN = {
    Meant.CATEGORY: "unknown_category",
    Meant.TERM_LIST: "unknown_term_list",
    Meant.CERTIFICATE: "unknown_certificate",
    Meant.MARKET: "unknown_market",
}
_DATE = re.compile(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]\d\d:\d\d)"
)
_PERIOD = re.compile(r"-?(\d+(\.\d+)?(h|m|s|ms))+")
_FITS: Mapping[Meant, Callable[[Any], bool]] = {
    Meant.WINDOW: lambda days: days in WINDOWS,
    Meant.DAYS: lambda days: isinstance(days, int) and 1 <= days <= MOST_DAYS,
    Meant.DATE: lambda text: bool(_DATE.fullmatch(str(text))),
    Meant.PERIOD: lambda text: bool(_PERIOD.fullmatch(str(text))),
}
_MISFITS = {
    Meant.WINDOW: "unknown_window",
    Meant.DAYS: "bad_days",
    Meant.DATE: "bad_date",
    Meant.PERIOD: "bad_period",
}
_USUAL_MISTAKES = {"UK": "GB", "EL": "GR"}


def check_argument(function: Function, parameter: Parameter, node: Node, known: Known, report: Report) -> None:
    """Check an argument that must be written out and mean something that exists."""
    if parameter.meant is None:
        return
    if not isinstance(node, Literal) or node.value is None or isinstance(node.value, bool):
        report.add("literal_needed", node.start, node.end, name=function.name)
    elif parameter.meant in _UNKNOWN:
        look_up(node, parameter.meant, known, report)
    elif parameter.meant is Meant.PATTERN:
        _pattern(node, report)
    elif not _FITS[parameter.meant](node.value):
        report.add(_MISFITS[parameter.meant], node.start, node.end, days=node.value)


def look_up(node: Literal, meant: Meant, known: Known, report: Report) -> None:
    names = known.of(meant)
    if names is None or not isinstance(node.value, str) or node.value in names:
        return
    usual = _USUAL_MISTAKES.get(node.value) if meant is Meant.MARKET else None
    near = [usual] if usual in names else like(node.value, list(names))
    report.add(_UNKNOWN[meant], node.start, node.end, [near_one for near_one in near if near_one], value=node.value)


def check_markets(call: Call, known: Known, report: Report) -> None:
    """`market == "UK"` and `"UK" in listing.markets` name markets, too."""
    paths = {dotted(arg) for arg in call.args}
    if call.function in ("_==_", "_!=_", "@in") and paths & {
        "market",
        "listing.markets",
        "case.markets",
        "decision.markets",
    }:
        for node in _texts(call):
            look_up(node, Meant.MARKET, known, report)


def _texts(call: Call) -> Iterator[Literal]:
    for arg in call.args:
        entries = arg.entries if isinstance(arg, Items) else (arg,)
        yield from (entry for entry in entries if isinstance(entry, Literal))


def _pattern(node: Literal, report: Report) -> None:
    try:
        compiled(str(node.value))
    except BadPattern as error:
        report.add("bad_pattern", node.start, node.end, detail=str(error))
