"""What the Transparency Database is told about a decision: made from its rows and its statement of reasons as stored.

Nothing identifies the merchant or anybody else (DSA Art. 24(5)): titles, prices and numbers of listings are left out, and
what a rule saw is freed of addresses, telephone numbers and the names in the merchant's file.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from enforcement.enums import Automation, Origin
from enforcement.language.transparency import CODES, EEA, as_stored, without_personal_data
from enforcement.language.transparency.mapping import MEASURES, Matter, Restricts, matter_of
from enforcement.models import Decision, DecisionItem
from enforcement.queries import transparency as queries
from governance.policies.enums import Ground
from governance.policies.language.rows import valid_gtin
from governance.policies.models import PolicyVersion
from listings.enums import MerchantKind
from listings.models import Merchant, TraderIdentity

AUTOMATION = {
    Automation.FULL: "AUTOMATED_DECISION_FULLY",
    Automation.PARTIAL: "AUTOMATED_DECISION_PARTIALLY",
    Automation.NONE: "AUTOMATED_DECISION_NOT_AUTOMATED",
}
ACCOUNTS = {MerchantKind.BUSINESS: "ACCOUNT_TYPE_BUSINESS", MerchantKind.PRIVATE: "ACCOUNT_TYPE_PRIVATE"}
LAST_DAY = date(2038, 1, 1)
FLAGGED = "TF-"
FACTS_MOST, EXPLANATION_MOST, GROUND_MOST = 5_000, 2_000, 500
EAN_DIGITS = 13

Payload = dict[str, Any]


def territory(decision: Decision, items: Sequence[DecisionItem]) -> list[str]:
    """The countries of the European Economic Area in which it restricts something."""
    restricts = MEASURES.get(decision.measure)
    if restricts is None or decision.origin_kind == Origin.ORDER:
        return []  # an order has no statement of reasons under Art. 17 (its paragraph 5)
    if restricts.everywhere:
        return sorted(queries.served() & EEA)
    return sorted({market for item in items for market in item.markets} & EEA)


def build(decision: Decision, *, puid: str) -> Payload | None:
    """The payload, or None where the decision is none of the database's business."""
    items = list(decision.items.order_by("pk"))
    restricts, scope = MEASURES.get(decision.measure), territory(decision, items)
    if restricts is None or not scope:
        return None
    matter = matter_under(decision.version)
    return as_stored(
        {
            "puid": puid,
            **_restriction(decision, restricts),
            **_ground(decision),
            **_matter(matter),
            **_content(decision, items),
            "account_type": ACCOUNTS[MerchantKind(decision.merchant.kind)],
            "territorial_scope": scope,
            "application_date": _day(decision.starts_at),
            "decision_facts": _facts(decision, items),
            "source_type": _source(decision),
            "automated_detection": "Yes" if decision.automated_detection else "No",
            "automated_decision": AUTOMATION[Automation(decision.automation)],
        }
    )


def _source(decision: Decision) -> str:
    """A notice under Art. 16 is about what is illegal; a report that something breaks the terms is another one.

    A trusted flagger's notice is told by its reference (Art. 22); which one it was stays with us.
    """
    if decision.origin_kind != Origin.NOTICE:
        return "SOURCE_VOLUNTARY"
    if decision.origin_ref.startswith(FLAGGED):
        return "SOURCE_TRUSTED_FLAGGER"
    return "SOURCE_ARTICLE_16" if decision.version.ground == Ground.LEGAL else "SOURCE_TYPE_OTHER_NOTIFICATION"


def matter_under(version: PolicyVersion) -> Matter:
    """What a version is about, in the database's codes."""
    own = Matter(version.transparency_category, tuple(version.transparency_keywords), version.transparency_other)
    return matter_of(slug=version.policy.slug, family=version.policy.family, ground=version.ground, own=own)


def as_sent(payload: Payload) -> dict[str, Any]:
    """As the API takes it: the EAN goes in under `content_id`, from which the database copies it."""
    given = dict(payload)
    ean = given.pop("content_id_ean", None)
    return given | ({"content_id": {"EAN-13": ean}} if ean else {})


# --- parts -----------------------------------------------------------------------------------------


def _restriction(decision: Decision, restricts: Restricts) -> Payload:
    """An end that the database cannot write down is left open, as one that is not known."""
    found: Payload = {restricts.field: restricts.value}
    if decision.ends_at is not None and decision.ends_at.date() <= LAST_DAY:
        found[restricts.ends] = _day(decision.ends_at)
    return found


def _ground(decision: Decision) -> Payload:
    ground = decision.statement.content["ground"]
    why = without_personal_data("\n".join(filter(None, (ground["text"], ground["facts"]))))[:EXPLANATION_MOST]
    reference = decision.version.legal_basis[:GROUND_MOST]
    if decision.version.ground == Ground.LEGAL:
        return {
            "decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT",
            "illegal_content_legal_ground": reference,
            "illegal_content_explanation": why,
        }
    return {
        "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "incompatible_content_ground": reference,
        "incompatible_content_explanation": why,
    }


def _matter(matter: Matter) -> Payload:
    found: Payload = {"category": matter.category, "category_specification": list(matter.keywords)}
    return found | ({"category_specification_other": matter.other} if matter.other else {})


def _content(decision: Decision, items: Sequence[DecisionItem]) -> Payload:
    listings = [item for item in items if item.listing_id is not None]
    if not listings:
        return {
            "content_type": ["CONTENT_TYPE_OTHER"],
            "content_type_other": "Account of a seller",
            "content_date": _day(decision.merchant.created_at),
        }
    oldest = _day(queries.oldest_listing(decision))
    found: Payload = {"content_type": ["CONTENT_TYPE_PRODUCT"], "content_date": oldest}
    languages = {str(item.facts.get("language", ""))[:2].upper() for item in listings}
    if len(languages) == 1 and languages <= CODES["content_language"]:
        found["content_language"] = languages.pop()
    ean = str(listings[0].facts.get("ean", ""))
    if len(listings) == 1 and len(ean) == EAN_DIGITS and valid_gtin(ean):
        found["content_id_ean"] = ean
    return found


def _facts(decision: Decision, items: Sequence[DecisionItem]) -> str:
    """What the statement says was found, each once, and how. Its titles and prices stay out."""
    content = decision.statement.content
    seen = list(dict.fromkeys(line for fact in content["facts"] for line in fact["seen"]))
    listings = sum(item.listing_id is not None for item in items)
    counted = [f"Listings concerned: {listings}."] if listings > 1 else []
    lines = [content["pairs"]["found"], *seen, *counted]
    return without_personal_data("\n".join(lines), known=_names(decision.merchant))[:FACTS_MOST]


def _names(merchant: Merchant) -> list[str]:
    """What is known to stand for the merchant."""
    identity = TraderIdentity.objects.filter(merchant=merchant).first()
    filed = ("legal_name", "address", "phone", "email", "register_number", "vat_id")
    parts = [getattr(identity, name) for name in filed] if identity else []
    address = identity.address.splitlines() if identity else []
    return [merchant.name, merchant.email, *parts, *address]


def _day(at: datetime) -> str:
    return at.astimezone(UTC).date().isoformat()
