"""The check's answers as JSON, in the shape that `check_bodies` documents.

Written out by hand: a serializer for each reason, condition and word takes longer than reading two hundred policies.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _

from enforcement.domain.clearing import Judged, Reason, SetAside, Undecided
from enforcement.domain.listing_checks import Checked
from enforcement.language.reasons import Condition
from governance.policies.enums import Measure
from governance.policies.models import PolicyVersion
from listings.domain.imports.fields import Note

Json = dict[str, Any]


def answer(checked: Checked) -> Json:
    """The answer for one listing."""
    judged = checked.judged
    return {
        "merchant_id": checked.document["merchant_id"],
        "listing_id": checked.document.get("listing_id") or None,
        "verdict": judged.verdict.value,
        "markets": [_market(judged, market) for market in judged.markets],
        "suspended": _suspended(judged),
        "limited": _limited(judged),
        "offered_again": _offered_again(judged),
        "reasons": [_reason(reason) for reason in judged.reasons],
        "undecided": [_undecided(undecided) for undecided in judged.undecided],
        "set_aside": [_set_aside(set_aside) for set_aside in judged.set_aside],
        "notes": [_note(note) for note in checked.notes],
        "stored": asdict(checked.stored) if checked.stored else None,
    }


def _market(judged: Judged, market: str) -> Json:
    holding = [reason.version.policy.slug for reason in judged.reasons if market in reason.markets]
    return {"market": market, "verdict": judged.markets[market].value, "policies": holding}


def _suspended(judged: Judged) -> Json | None:
    if judged.barred.suspended_since is None:
        return None
    words = _("This merchant may not offer anything new at present. Listings on sale may be changed.")
    return {"since": judged.barred.suspended_since, "reason": words}


def _limited(judged: Judged) -> Json | None:
    if judged.barred.a_day is None:
        return None
    words = _("This merchant may offer a limited number of new listings a day, and today's are used up.")
    return {"a_day": judged.barred.a_day, "reason": words}


def _offered_again(judged: Judged) -> Json | None:
    again = judged.barred.again
    if again is None:
        return None
    words = _("The same product was removed before and may not be offered again.")
    barred = [market for market in judged.markets if judged.barred.in_market(market)]
    return {**_policy(again.version), "decision": again.decision or None, "markets": barred, "reason": words}


def _policy(version: PolicyVersion) -> Json:
    return {"policy": version.policy.slug, "number": version.policy.number, "version": version.number}


def _reason(reason: Reason) -> Json:
    version, words = reason.version, reason.words
    return {
        **_policy(version),
        "mode": reason.mode.value,
        "severity": version.severity,
        "legal_basis": version.legal_basis,
        "verdict": reason.verdict.value,
        "measure": reason.measure.value if reason.measure else None,
        "minimum_age": version.minimum_age if reason.measure == Measure.AGE_GATE else None,
        "markets": list(reason.markets),
        "language": words.language,
        "title": words.title,
        "reason": words.reason,
        "wording_language": words.wording_language,
        "conditions": [_condition(condition) for condition in words.conditions],
        "matches": [_match(match) for match in words.matches],
        "corrections_language": words.corrections_language,
        "corrections": list(words.corrections),
    }


def _condition(condition: Condition) -> Json:
    facts = [{"fact": seen.fact, "value": seen.value, "unit": seen.unit} for seen in condition.facts]
    return {
        "text": condition.text,
        "value": condition.value,
        "correctable": condition.correctable,
        "facts": facts,
    }


def _match(match: Mapping[str, Any]) -> Json:
    place = {name: match[name] for name in ("zone", "key", "start", "end", "text")}
    found = {"term_list": match.get("list", ""), "term": match.get("term", ""), "pattern": match.get("pattern", "")}
    return place | found


def _undecided(undecided: Undecided) -> Json:
    missing = [{"fact": fact.fact, "name": fact.name, "correctable": fact.correctable} for fact in undecided.missing]
    return {
        **_policy(undecided.version),
        "title": undecided.title,
        "markets": list(undecided.markets),
        "missing": missing,
    }


def _set_aside(set_aside: SetAside) -> Json:
    return {**_policy(set_aside.version), "because": set_aside.because.value}


def _note(note: Note) -> Json:
    return {
        "column": note.column,
        "value": note.value,
        "reason": note.reason.value,
        "sentence": str(note.reason.label),
    }
