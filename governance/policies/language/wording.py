"""Explanations in the reader's language: sentences for conditions, values with their units, and how to correct."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from governance.policies.language.conditions import Condition, Part
from governance.policies.language.kinds import AttributeType, Words
from governance.policies.language.vocabulary import CASE_FACTS, FACTS, PATHS, ROOTS, SHARE, functions_at
from governance.web import formats

Json = Mapping[str, Any]

SENTENCES: Mapping[str, Words] = {
    "eq": _("%(left)s is %(right)s"),
    "ne": _("%(left)s is not %(right)s"),
    "lt": _("%(left)s is less than %(right)s"),
    "le": _("%(left)s is %(right)s or less"),
    "gt": _("%(left)s is more than %(right)s"),
    "ge": _("%(left)s is %(right)s or more"),
    "before": _("%(left)s is before %(right)s"),
    "until": _("%(left)s is not after %(right)s"),
    "after": _("%(left)s is after %(right)s"),
    "from": _("%(left)s is not before %(right)s"),
    "in": _("%(left)s is one of %(right)s"),
    "not_in": _("%(left)s is none of %(right)s"),
    "present": _("%(left)s is given"),
    "absent": _("%(left)s is not given"),
    "is": _("%(left)s: yes"),
    "is_not": _("%(left)s: no"),
    "isUnder": _("category is under %(right)s"),
    "mentions": _("text mentions a term of “%(right)s”"),
    "matches": _("%(left)s matches %(right)s"),
    "startsWith": _("%(left)s begins with %(right)s"),
    "endsWith": _("%(left)s ends with %(right)s"),
    "contains": _("%(left)s contains %(right)s"),
    "hasCertificate": _("a certificate of type %(right)s is there"),
    "certificateValid": _("a valid certificate of type %(right)s is there"),
    "inMarket": _("it is offered in %(right)s"),
    "readableIn": _("its language is accepted in %(right)s"),
    "eanValid": _("the EAN is valid"),
    "exists": _("of %(left)s at least one fulfils: %(source)s"),
    "all": _("of %(left)s every one fulfils: %(source)s"),
    "exists_one": _("of %(left)s exactly one fulfils: %(source)s"),
    "always": _("always"),
    "never": _("never"),
    "holds": _("%(source)s"),
}
NEGATED: Mapping[str, Words] = {
    "isUnder": _("category is not under %(right)s"),
    "mentions": _("text mentions no term of “%(right)s”"),
    "matches": _("%(left)s does not match %(right)s"),
    "startsWith": _("%(left)s does not begin with %(right)s"),
    "endsWith": _("%(left)s does not end with %(right)s"),
    "contains": _("%(left)s does not contain %(right)s"),
    "hasCertificate": _("there is no certificate of type %(right)s"),
    "certificateValid": _("there is no valid certificate of type %(right)s"),
    "inMarket": _("it is not offered in %(right)s"),
    "readableIn": _("its language is not accepted in %(right)s"),
    "eanValid": _("the EAN is not valid"),
    "exists": _("of %(left)s none fulfils: %(source)s"),
    "all": _("of %(left)s not every one fulfils: %(source)s"),
    "exists_one": _("of %(left)s not exactly one fulfils: %(source)s"),
    "holds": _("not: %(source)s"),
}
CORRECTIONS: Mapping[str, Words] = {
    "absent": _("Give this: %(left)s."),
    "not hasCertificate": _("Add a certificate of type %(right)s."),
    "not certificateValid": _("Add a certificate of type %(right)s that is valid now."),
    "mentions": _("Take these words out: %(words)s."),
    "matches": _("Take these words out: %(words)s."),
    "not eanValid": _("Correct the EAN: its length or its check digit is wrong."),
    "not readableIn": _("Write title and description in a language that is accepted in %(right)s."),
}
"""What a merchant does about a condition that holds. A condition without an entry is turned into its opposite."""

WORKED_OUT_FROM = {"listing._eanValid": "listing.ean", "listing._readableMarkets": "listing.language"}
"""Stored facts that no rule names."""

SAID_ALREADY = frozenset({"absent", "is", "is_not"})
"""Conditions whose sentence says what was seen: that something is not given, or a plain yes or no."""

_QUOTED = frozenset({"eq", "ne", "startsWith", "endsWith", "contains"})
_IN_MARKETS = frozenset({"inMarket", "readableIn"})
_LABELS: Mapping[str, Words] = {
    **{f"{PATHS[fact.owner]}.{fact.name}": fact.label for fact in (*FACTS, *CASE_FACTS) if fact.owner in PATHS},
    **{name: fact.label for name, fact in ROOTS.items()},
}


def sentence(condition: Json) -> str:
    """Return a condition in words. A code of a later form that is not known here is shown as it stands."""
    code = str(condition.get("code", ""))
    words = (NEGATED if condition.get("not") else SENTENCES).get(code)
    if words is None:
        return code
    return str(words) % {
        "left": operand(condition.get("left") or {}),
        "right": _right(code, condition.get("right") or {}),
        "source": condition.get("source", ""),
    }


def in_words(part: Part) -> Json:
    """Return what a rule says, whatever it is read for: groups with their children, conditions with their sentence."""
    if isinstance(part, Condition):
        return {"op": "condition", "text": sentence(part.told)}
    return {"op": part.op, "children": [in_words(each) for each in part.parts]}


def _right(code: str, shown: Json) -> str:
    """What stands on the right: texts in quotation marks, markets by their names."""
    text = operand(shown)
    if code in _IN_MARKETS and "value" in shown:
        return formats.country(text)
    if code in _QUOTED and isinstance(shown.get("value"), str) and not _moment(shown["value"]):
        return gettext("“%(text)s”") % {"text": text}
    return text


def operand(shown: Json) -> str:
    """Return a fact's name, or a value as it is read; nothing for nothing."""
    if "fact" in shown:
        return str(_LABELS.get(shown["fact"], shown["fact"]))
    if "attr" in shown:
        return _named(shown.get("labels") or {}) or str(shown["attr"]).replace("_", " ")
    if "function" in shown:
        return _function(str(shown["function"]), shown.get("args") or [])
    if "group" in shown:
        return str(shown["group"]).replace("_", " ")
    if "values" in shown:
        return _listed([value(each, shown.get("unit", "")) for each in shown["values"]], shown.get("more", 0))
    if "value" in shown:
        return _named(shown.get("names") or {}) or value(shown["value"], shown.get("unit", ""))
    return str(shown.get("source", ""))


def value(seen: Any, unit: str = "") -> str:
    """Return a value with its unit, as it is written in the reader's language."""
    match seen:
        case None:
            return gettext("not given")
        case bool():
            return gettext("yes") if seen else gettext("no")
        case int() | float():
            return _number(seen, unit)
        case str():
            return _moment(seen) or seen
        case Mapping():
            return _certificate(seen)
        case _:
            return _listed([value(each, unit) for each in seen], 0)


def seen_value(condition: Json) -> str:
    """Return what was seen of a condition's facts; the fact's name goes with it where there are several."""
    if condition.get("words"):
        return _listed([gettext("“%(text)s”") % {"text": word} for word in condition["words"]], 0)
    values: Sequence[Json] = condition.get("values") or ()
    if len(values) == 1:
        return _seen(values[0])
    named = (gettext("%(fact)s: %(value)s") % {"fact": operand(each), "value": _seen(each)} for each in values)
    return formats.clauses(named)


def _seen(shown: Json) -> str:
    return _named(shown.get("names") or {}) or value(shown.get("seen"), shown.get("unit", ""))


def read(node: Json) -> dict[str, Any]:
    """Return a tree of conditions with `text` and `value` in the reader's language, for the page's tree."""
    if node.get("op") == "condition":
        return {**node, "text": sentence(node), "value": seen_value(node), "children": []}
    children = [read(child) for child in node.get("children") or ()]
    if node.get("op") == "choose" and len(children) == 3:
        children = _chosen(children)
        return {**node, "op": "all", "children": children}
    return {**node, "children": children}


def missing(explanation: Json) -> list[str]:
    """Return the names of the facts that were not there."""
    return [operand(shown) for shown in explanation.get("missing") or ()]


def stored_fact(path: str, attributes: Mapping[str, AttributeType]) -> str:
    """Return the name of a stored fact: of an attribute, of a window's figure, or of what another fact is worked out from."""
    if path.startswith("listing.attr."):
        key = path.removeprefix("listing.attr.")
        return operand({"attr": key, "labels": attributes[key].labels if key in attributes else {}})
    owner, window, name = path.partition("._window")
    if window:
        days, _dot, figure = name.partition(".")
        return operand({"function": f"{owner}.{figure}", "args": [days]})
    return operand({"fact": WORKED_OUT_FROM.get(path, path)})


def _chosen(children: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of a choice only the branch that was taken is shown; both where the condition is unknown."""
    condition, left, right = children
    if condition.get("held") is None:
        return children
    return [condition, left if condition["held"] else right]


def _named(names: Mapping[str, str]) -> str:
    language = (get_language() or "en").split("-")[0]
    return str(names.get(language) or names.get("en") or "")


def _function(path: str, arguments: Sequence[Any]) -> str:
    owner, _dot, name = path.rpartition(".")
    function = functions_at(owner).get(name)
    if function is None:
        return path
    return str(function.label) % {str(index): each for index, each in enumerate(arguments)}


def _number(seen: float, unit: str) -> str:
    if unit == SHARE:
        return formats.percent(seen)
    if len(unit) == 3 and unit.isupper():
        return formats.money(seen, unit)
    shown = formats.number(seen)
    many = math.ceil(abs(seen))
    if unit == "months":
        return ngettext("%(n)s month", "%(n)s months", many) % {"n": shown}
    if unit == "years":
        return ngettext("%(n)s year", "%(n)s years", many) % {"n": shown}
    return f"{shown}\u00a0{unit}" if unit else shown


def _moment(seen: str) -> str:
    """A point in time is kept as ISO 8601 and read as a day."""
    if len(seen) < 19 or seen[4:5] != "-" or "T" not in seen:
        return ""
    try:
        return formats.minute(datetime.fromisoformat(seen))
    except ValueError:
        return ""


def _certificate(seen: Json) -> str:
    shown = " ".join(str(seen[name]) for name in ("type", "number") if seen.get(name))
    if not seen.get("valid_until"):
        return shown
    until = formats.day(datetime.fromisoformat(seen["valid_until"]).date())
    return gettext("%(certificate)s, valid until %(day)s") % {"certificate": shown, "day": until}


def _listed(shown: list[str], more: int) -> str:
    if more:
        shown = [*shown, gettext("%(count)s more") % {"count": more}]
    return formats.series(shown) or gettext("none")
