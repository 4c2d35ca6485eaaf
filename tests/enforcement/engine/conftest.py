"""A market of three countries, two sellers and the lists their policies read."""

from datetime import date
from typing import Any

import pytest

from governance.accounts.enums import Role
from governance.accounts.models import User
from governance.policies.enums import Ground, Measure, Mode, Severity, Subject, VersionState
from governance.policies.models import Policy, PolicyVersion, TermList, TermListVersion
from listings.models import AttributeDefinition, Category, Market
from tests.factories.cases import NOON, person

MARKETS = {"DE": ("EUR", ["de"]), "FR": ("EUR", ["fr"]), "TR": ("TRY", ["tr"])}


@pytest.fixture
def author(db: None) -> User:
    return person("amara", Role.GOVERNANCE_MANAGER)


@pytest.fixture
def registers(author: User) -> dict[str, Category]:
    """Markets, categories, attributes and a term list. Returns the categories by code."""
    for code, (currency, languages) in MARKETS.items():
        Market.objects.create(
            code=code, region="eu", currency=currency, languages=languages, working_days=[1, 2, 3, 4, 5]
        )
    toys = Category.objects.create(code="toys", names={"en": "Toys", "de": "Spielzeug"})
    plush = Category.objects.create(code="toys/plush", parent=toys, depth=1, names={"en": "Soft toys"})
    tools = Category.objects.create(code="tools", names={"en": "Tools"})
    AttributeDefinition.objects.create(key="voltage", kind="number", unit="V", labels={"en": "Voltage"})
    AttributeDefinition.objects.create(key="expires_on", kind="date", labels={"en": "Best before"})
    term_list("blades", ["knife", "dagger"], author)
    return {category.code: category for category in (toys, plush, tools)}


def term_list(key: str, words: list[str], author: User) -> TermListVersion:
    made = TermList.objects.create(key=key, names={"en": key.capitalize()}, created_at=NOON)
    version = TermListVersion.objects.create(
        term_list=made, number=1, terms={"en": words}, author=author, created_at=NOON
    )
    made.current = version
    made.save(update_fields=["current"])
    return version


def active(slug: str, rule: str, author: User, **fields: Any) -> PolicyVersion:
    """A policy in force, in shadow mode unless told otherwise."""
    subject, mode = fields.pop("subject", Subject.LISTINGS), fields.pop("mode", Mode.SHADOW)
    policy = Policy.objects.create(slug=slug, family="toys", owner=author, subject=subject, created_at=NOON)
    values: dict[str, Any] = {
        "jurisdictions": ["DE", "FR"],
        "categories": [],
        "severity": Severity.SERIOUS,
        "ground": Ground.LEGAL,
        "legal_basis": "Directive 2009/48/EC",
        "measures": [Measure.WARN],
        "default_measure": Measure.WARN,
        "effective_from": date(2026, 1, 1),
    } | fields
    version = PolicyVersion.objects.create(policy=policy, number=1, rule=rule, author=author, created_at=NOON, **values)
    PolicyVersion.objects.filter(pk=version.pk).update(state=VersionState.LIVE)
    Policy.objects.filter(pk=policy.pk).update(live=version, mode=mode)
    return PolicyVersion.objects.select_related("policy").get(pk=version.pk)
