"""A seller centre that asks whether its listings may go live."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.test import Client

from governance.accounts.domain import api_keys
from governance.accounts.enums import Role, Scope
from governance.policies.enums import Ground, Measure, Mode, Severity, Subject, VersionState
from governance.policies.models import Policy, PolicyText, PolicyVersion, TermList, TermListVersion
from listings.models import AttributeDefinition, Category, Listing, Market
from tests.factories import cases
from tests.factories.cases import NOON

PATH = "/api/v1/listings/check"
CUBE: dict[str, Any] = {
    "merchant_id": "nordlicht",
    "listing_id": "a-1",
    "title": "Magnet cube",
    "description": "A magnet to play with.",
    "category": "toys/plush",
    "price": 24.9,
    "currency": "EUR",
    "language": "en",
    "markets": ["DE", "FR"],
}
BEAR = CUBE | {"listing_id": "b-1", "title": "Bear", "description": "Soft."}


class Asking:
    """Germany, France and Turkey; toys; the list `magnets`; one merchant. The key may check and store."""

    def __init__(self) -> None:
        for code, language in (("DE", "de"), ("FR", "fr"), ("TR", "tr")):
            Market.objects.create(
                code=code, region="eu", currency="EUR", languages=[language], working_days=[1, 2, 3, 4, 5]
            )
        toys = Category.objects.create(code="toys", names={"en": "Toys", "de": "Spielzeug"})
        Category.objects.create(code="toys/plush", parent=toys, depth=1, names={"en": "Soft toys"})
        Category.objects.create(code="tools", names={"en": "Tools"})
        AttributeDefinition.objects.create(
            key="voltage", kind="number", unit="V", labels={"en": "Voltage", "de": "Spannung"}
        )
        self.author = cases.person("amara", Role.GOVERNANCE_MANAGER)
        self.term_list("magnets", ["magnet"])
        self.merchant = cases.merchant("Nordlicht")
        self.client = Client()
        self.key = self.key_with(Scope.LISTINGS_CHECK, Scope.LISTINGS_WRITE)

    def key_with(self, *scopes: Scope) -> dict[str, str]:
        _key, secret = api_keys.create(name=" ".join(scopes), scopes=list(scopes), actor=self.author, at=NOON)
        return {"Authorization": f"Bearer {secret}"}

    def term_list(self, key: str, words: Sequence[str]) -> None:
        made = TermList.objects.create(key=key, names={"en": key.capitalize()}, created_at=NOON)
        made.current = TermListVersion.objects.create(
            term_list=made, number=1, terms={"en": list(words)}, author=self.author, created_at=NOON
        )
        made.save(update_fields=["current"])

    def policy(
        self,
        slug: str,
        rule: str = 'listing.text.mentions("magnets")',
        *,
        mode: Mode = Mode.ENFORCE,
        measure: Measure = Measure.REMOVE,
        correction: str = "",
        **fields: Any,
    ) -> PolicyVersion:
        """A policy in force in Germany and France, with texts in English and German."""
        subject = fields.pop("subject", Subject.LISTINGS)
        made = Policy.objects.create(slug=slug, family="toys", subject=subject, owner=self.author, created_at=NOON)
        values: dict[str, Any] = {
            "jurisdictions": ["DE", "FR"],
            "severity": Severity.SERIOUS,
            "ground": Ground.LEGAL,
            "legal_basis": "EN 71-1",
            "measures": [measure],
            "default_measure": measure,
            "minimum_age": 16 if measure == Measure.AGE_GATE else None,
            "effective_from": date(2026, 1, 1),
        } | fields
        version = PolicyVersion.objects.create(
            policy=made, number=1, rule=rule, author=self.author, created_at=NOON, **values
        )
        for language, title in (("en", "No magnets"), ("de", "Keine Magnete")):
            PolicyText.objects.create(
                version=version,
                language=language,
                title=title,
                summary=title,
                statement=f"{title}!",
                correction=correction,
            )
        PolicyVersion.objects.filter(pk=version.pk).update(state=VersionState.LIVE)
        Policy.objects.filter(pk=made.pk).update(live=version, mode=mode)
        return PolicyVersion.objects.select_related("policy").get(pk=version.pk)

    def post(self, body: Any, *, key: Mapping[str, str] | None = None, language: str = "en") -> Any:
        headers = {**(self.key if key is None else key), "Accept-Language": language}
        return self.client.post(PATH, json.dumps(body), content_type="application/json", headers=headers)

    def ask(self, document: Mapping[str, Any] = CUBE, **options: Any) -> dict[str, Any]:
        """The answer for one listing."""
        language = options.pop("accept_language", "en")
        answer = self.post({**document, **options}, language=language)
        assert answer.status_code == 200, answer.content
        found: dict[str, Any] = answer.json()
        return found

    def push(self, document: Mapping[str, Any] = CUBE) -> Listing:
        """Write a listing as the marketplace does."""
        values = {name: value for name, value in document.items() if name not in ("merchant_id", "listing_id")}
        path = f"/api/v1/merchants/{document['merchant_id']}/listings/{document['listing_id']}"
        answer = self.client.put(path, json.dumps(values), content_type="application/json", headers=dict(self.key))
        assert answer.status_code in (200, 201), answer.content
        return Listing.objects.get(pk=answer.json()["id"])
