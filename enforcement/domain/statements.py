"""The statement of reasons (DSA Art. 17(3), Regulation (EU) 2019/1150 Art. 4(5)), written once with its decision.

It names restriction, territory and duration; the facts; whether automated means were used; the legal or contractual ground
and why it applies; how to correct; and the redress. It never says anything about whoever reported something.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import translation

from enforcement.domain import letters, ordered, points
from enforcement.domain.letters import Block, bullets, heading, paragraph
from enforcement.enums import Automation, DecisionState, Origin
from enforcement.language import reasons, seeing
from enforcement.language import words as language
from enforcement.language.words import SOURCE, Words
from enforcement.measures import MEASURES
from enforcement.measures.standing import NOTHING_ON_SALE
from enforcement.models import Deadline, Decision, DecisionItem, LadderStep, OrderGround, Statement
from enforcement.queries import deadlines, disputes, waiting
from enforcement.queries import points as ledger
from governance.policies.enums import Ground, Measure, Subject
from governance.policies.models import PolicyText, PolicyVersion
from governance.web import formats
from listings.enums import minor_digits

Content = dict[str, Any]
PAIRS = ("what", "where", "from", "until", "found", "decided_by", "reference")
"""The parts of a decision that are named one by one, in their order."""
OTHERWISE_SEEN: dict[str, str] = {Origin.RELISTING: "listing.relisted", Origin.ORDER: "order.seen"}
"""What is said of a listing that no rule and no person has found to break anything."""


def words_for(asked: str) -> Words:
    return language.words(language.available(asked) or SOURCE)


def write(*, decision: Decision, items: Sequence[DecisionItem], replaced: Decision | None, at: datetime) -> Statement:
    """Write the statement of a decision in the merchant's language. Facts are never written twice: it is not edited later."""
    asked = decision.merchant.language
    words = words_for(asked)
    text = _policy_text(decision.version, words.language)
    with translation.override(words.language):
        content = _content(words, decision, items, text, asked=asked, replaced=replaced, at=at)
    return Statement.objects.create(
        decision=decision,
        language=words.language,
        asked_language=asked,
        policy_language=text.language,
        template_version=words.version,
        content=content,
        text=letters.as_text(blocks(words, content)),
        created_at=at,
    )


def blocks(words: Words, content: Content) -> list[Block]:
    """The statement as a letter's blocks, from what was stored."""
    label = labels(words, content)
    ground, correction = content["ground"], content["correction"]
    return [
        heading(content["title"]),
        paragraph(content["summary"], language=ground["language"]),
        paragraph(*content["intro"]),
        paragraph(content["note"]),
        bullets(words("form.pair", name=label[key], value=content["pairs"][key]) for key in PAIRS),
        heading(label["facts"]),
        bullets(line(words, fact) for fact in content["facts"]),
        heading(label["why"]),
        paragraph(ground["reference"]),
        paragraph(ground["text"], language=ground["language"]),
        paragraph(ground["facts"]),
        paragraph(ground["note"]),
        heading(label["correct"]),
        paragraph(correction["by"]),
        Block("list", items=tuple(correction["steps"]), language=correction["language"]),
        paragraph(correction["recheck"]),
        heading(label["disagree"]),
        *(paragraph(each) for each in content["redress"]),
        heading(label["points"]),
        paragraph(*content["points"]),
    ]


def labels(words: Words, content: Content) -> dict[str, str]:
    """The names of the statement's parts: as they were when it was made, where it has kept them."""
    kept: dict[str, str] = content.get("labels", {})
    return kept or _labels(words, about_listings=bool(content["facts"][0]["listing"]))


def stored(statement: Statement) -> list[Block]:
    """The blocks of a statement as it was made."""
    return blocks(words_for(statement.language), statement.content)


def _content(
    words: Words,
    decision: Decision,
    items: Sequence[DecisionItem],
    text: PolicyText,
    *,
    asked: str,
    replaced: Decision | None,
    at: datetime,
) -> Content:
    about_listings = items[0].listing_id is not None
    step, deadline = _step(decision), _deadline(decision)
    order = ordered.of(decision)
    facts = [_fact(words, item, step) for item in items]
    if decision.origin_kind in OTHERWISE_SEEN:
        facts = [fact | {"seen": [words(OTHERWISE_SEEN[decision.origin_kind])]} for fact in facts]
    return {
        "labels": _labels(words, about_listings=about_listings),
        "about": words("page.about", name=words.isolated(decision.merchant.name), date=words.day(decision.decided_at)),
        "author": words("mail.closing"),
        "title": _title(words, decision, deadline, len(items), about_listings),
        "summary": "" if order else text.summary,
        "intro": _intro(words, decision, deadline, replaced),
        "note": ""
        if language.available(asked)
        else words("note.template_language", language=words.language_name(asked)),
        "pairs": _pairs(words, decision, deadline, items, about_listings, order),
        "facts": facts,
        "ground": ordered.ground(words, order, text.title) if order else _ground(words, decision.version, text, step),
        "correction": ordered.correction(words) if order else _correction(words, decision, deadline, text, items),
        "redress": ordered.redress(words, order, at) if order else _redress(words, at),
        "points": _points(words, decision, at),
    }


def _labels(words: Words, *, about_listings: bool) -> dict[str, str]:
    found = {key: words(f"label.{key}") for key in (*PAIRS, "points")}
    found["facts"] = words("heading.listings" if about_listings else "heading.facts")
    return found | {key: words(f"heading.{key}") for key in ("why", "correct", "disagree")}


def _by_measure(words: Words, section: str, decision: Decision, n: int, about_listings: bool) -> str:
    key = f"{section}.{decision.measure}"
    if not about_listings and not MEASURES[Measure(decision.measure)].on_merchant:
        key += "_account"
    until = words.day(decision.correct_by) if decision.correct_by else ""
    if decision.measure == Measure.LIMIT_NEW_LISTINGS and section == "what":
        n = decision.listings_a_day or 0
    return words(key, n=n, age=decision.minimum_age, date=until)


def _title(words: Words, decision: Decision, deadline: Deadline | None, n: int, about_listings: bool) -> str:
    if deadline is None:
        return _by_measure(words, "title", decision, n, about_listings)
    if MEASURES[Measure(decision.measure)].needs_notice:
        return words("title.notice", date=words.day(deadline.takes_effect_at))
    return words("title.pending", date=words.day(deadline.correct_by))


def _deadline(decision: Decision) -> Deadline | None:
    """Of a decision that has not taken effect."""
    return waiting.deadline(decision) if decision.state == DecisionState.PENDING else None


def _intro(words: Words, decision: Decision, deadline: Deadline | None, replaced: Decision | None) -> list[str]:
    measure = Measure(decision.measure)
    before = words("intro.replaces", reference=replaced.reference) if replaced else ""
    after = words("intro.suspended" if MEASURES[measure].on_merchant else "intro.rest")
    if measure in NOTHING_ON_SALE:
        after = words("intro.account_later" if deadline else "intro.account")
    if deadline is not None:
        effect, by = words.minute(deadline.takes_effect_at), words.day(deadline.correct_by)
        notice = MEASURES[measure].needs_notice
        before = words("intro.notice", date=effect) if notice else words("intro.pending", date=effect, by=by)
    reason = words(f"intro.without_notice_{decision.without_notice}") if decision.without_notice else ""
    return [sentence for sentence in (before, after, reason) if sentence]


def _pairs(
    words: Words,
    decision: Decision,
    deadline: Deadline | None,
    items: Sequence[DecisionItem],
    about_listings: bool,
    order: OrderGround | None,
) -> dict[str, str]:
    automation = {Automation.FULL: "automation", Automation.PARTIAL: "partial", Automation.NONE: "person"}
    what = _by_measure(words, "what", decision, len(items), about_listings)
    if deadline is not None:
        what = words("what.pending", date=words.day(deadline.takes_effect_at), what=what)
    return {
        "what": what,
        "where": _territory(words, decision, items),
        "from": words.minute(deadline.takes_effect_at if deadline else decision.starts_at),
        "until": _until(words, decision),
        "found": _found(words, decision, order),
        "decided_by": words(f"decided_by.{automation[Automation(decision.automation)]}"),
        "reference": decision.reference,
    }


def _found(words: Words, decision: Decision, order: OrderGround | None) -> str:
    if order is not None:
        return ordered.found(words, order)
    if decision.origin_kind == Origin.LADDER:
        return words("ladder.found")
    if decision.origin_kind == Origin.NOTICE:
        about_merchant = decision.version.policy.subject == Subject.MERCHANTS
        return words("found.merchant" if about_merchant else "found.notice")
    if decision.origin_kind == Origin.RECALL:
        return words("found.recall", alert=decision.origin_ref)
    return words("found.automated" if decision.automated_detection else "found.person")


def _territory(words: Words, decision: Decision, items: Sequence[DecisionItem]) -> str:
    kind = MEASURES[Measure(decision.measure)]
    codes = sorted({market for item in items for market in item.markets})
    if kind.on_merchant or not codes:
        return words("where.account")
    countries = words.listed(sorted(formats.country(code) for code in codes))
    later = kind.territorial and not decision.markets
    return f"{countries}. {words('where.also_later')}" if later else countries


def _until(words: Words, decision: Decision) -> str:
    if decision.correct_by is not None:
        return words("until.correct_by", date=words.day(decision.correct_by))
    if decision.origin_kind == Origin.ORDER:
        return ordered.until(words, decision)
    if decision.ends_at is not None:
        by_ladder = decision.origin_kind == Origin.LADDER and MEASURES[Measure(decision.measure)].on_merchant
        return words("until.ladder" if by_ladder else "until.date", date=words.minute(decision.ends_at))
    without_end = {Measure.WARN: "warn", Measure.SUSPEND: "account", Measure.TERMINATE: "terminated"}
    return words(f"until.{without_end.get(Measure(decision.measure), 'corrected')}")


def _fact(words: Words, item: DecisionItem, step: LadderStep | None) -> Content:
    facts = item.facts
    number = facts.get("listing", "")
    seen = seeing.seen(facts["explanation"], words.language)
    by_hand = [] if item.violation_id else [words("listing.no_facts")]
    if step is not None:
        by_hand = [words("ladder.reached", points=step.points, at=step.milestone)]
    return {
        "item": item.pk,
        "listing": number,
        "number": words("listing.number", id=number) if number else "",
        "title": facts.get("title", ""),
        "language": facts.get("language", ""),
        "price": _price(facts),
        "countries": words.listed([formats.country(code) for code in item.markets]),
        "seen": seen or by_hand,
        "seen_language": seeing.spoken(words.language) if seen else words.language,
    }


def _price(facts: Content) -> str:
    minor, currency = facts.get("price_minor"), facts.get("currency")
    if minor is None or not currency:
        return ""
    return formats.money(Decimal(minor).scaleb(-minor_digits(currency)), currency)


def line(words: Words, fact: Content) -> str:
    """One listing, or the account, in a line of text."""
    where = " · ".join(part for part in (fact["number"], fact["countries"]) if part)
    about = ", ".join(part for part in (words.isolated(fact["title"]), fact["price"]) if part)
    head = f"{about} ({where})" if about else where
    seen = "; ".join(fact["seen"])
    return words("form.pair", name=head, value=seen) if head and seen else head or seen


def _step(decision: Decision) -> LadderStep | None:
    """The milestone that the decision carries out, where it is one of the ladder."""
    if decision.origin_kind != Origin.LADDER:
        return None
    return LadderStep.objects.select_related("ladder").get(pk=int(decision.origin_ref))


def _ground(words: Words, version: PolicyVersion, text: PolicyText, step: LadderStep | None) -> Content:
    legal = version.ground == Ground.LEGAL and step is None
    basis = words("ladder.ground", version=step.ladder.number, at=step.milestone) if step else version.legal_basis
    return {
        "reference": words("ground.legal" if legal else "ground.terms", reference=basis),
        "title": text.title,
        "text": text.statement,
        "language": text.language,
        "facts": words("ground.facts"),
        "note": ""
        if {text.language, seeing.spoken(words.language)} == {words.language}
        else words("note.policy_language"),
    }


def _correction(
    words: Words, decision: Decision, deadline: Deadline | None, text: PolicyText, items: Sequence[DecisionItem]
) -> Content:
    """The policy's own steps; without them, what the first explanation shows would be enough."""
    day = deadline.correct_by if deadline and decision.cure_days else decision.correct_by
    by = words("correct.by", date=words.day(day)) if day else ""
    if decision.origin_kind == Origin.LADDER:
        return {"by": by, "steps": [words("ladder.recheck")], "language": words.language, "recheck": ""}
    steps, tag = reasons.corrections(text, items[0].facts["explanation"], words.language)
    if not steps:
        steps, tag = [words("correct.steps_missing")], words.language
    return {"by": by, "steps": steps, "language": tag, "recheck": words("correct.recheck")}


def _redress(words: Words, at: datetime) -> list[str]:
    until = words.day(deadlines.months_after(at.date(), deadlines.APPEAL_MONTHS))
    bodies = [words("form.pair", name=each.name, value=each.url) for each in disputes.named_in(words.language)]
    return [
        words("redress.appeal", date=until),
        f"{words('redress.answer', n=deadlines.ANSWER_WORKING_DAYS)} {words('redress.outcome')}",
        words("redress.body"),
        *([words("redress.bodies", names=words.listed(bodies))] if bodies else []),
        words("redress.court"),
    ]


def _points(words: Words, decision: Decision, at: datetime) -> list[str]:
    entry = decision.point_entries.first() if decision.points else None
    waits = decision.points and decision.state == DecisionState.PENDING
    given = words("points.later", n=decision.points) if waits else words("points.none")
    given = words("points.given", n=entry.points, date=words.day(entry.lapses_at)) if entry else given
    balance = words("points.balance", n=ledger.balance(decision.merchant_id, at))
    off = points.promised(entry) if entry else 0
    if entry is None or not off:
        return [given, balance]
    return [given, words("ladder.discount", date=words.day(points.discount_until(entry)), points=off), balance]


def _policy_text(version: PolicyVersion, tag: str) -> PolicyText:
    texts = {text.language: text for text in version.texts.all()}
    return texts.get(tag) or texts[SOURCE]
