"""What decisions stand on: a merchant, a policy in force with every measure, people by name."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from enforcement.domain import decisions
from enforcement.enums import Origin, Owed
from enforcement.models import Decision, Violation
from governance.accounts.enums import Role
from governance.accounts.models import User
from governance.policies.enums import Measure, Mode, Subject
from governance.policies.models import Policy, PolicyText, PolicyVersion
from listings.enums import Exposure, Label
from listings.models import Listing, Merchant
from listings.queries import visibility
from tests.factories import cases
from tests.factories.cases import NOON


class Ground:
    """Mona decides, Sela and Tilda hear appeals. The policy applies in Germany, France and Austria."""

    def __init__(self) -> None:
        for code in ("DE", "FR", "AT", "NL"):
            cases.market(code)
        self.mona = cases.person("mona", Role.MODERATOR)
        self.sela = cases.person("sela", Role.SENIOR_REVIEWER)
        self.tilda = cases.person("tilda", Role.TEAM_LEAD)
        self.merchant = cases.merchant("Nordlicht Spielwaren")
        self.policy = self.another_policy("magnets")

    @property
    def version(self) -> PolicyVersion:
        assert self.policy.live is not None
        return self.policy.live

    def person(self, name: str, *roles: Role) -> User:
        return cases.person(name, *roles)

    def another_policy(
        self,
        slug: str,
        *,
        measures: Sequence[Measure] = tuple(Measure),
        about_merchants: bool = False,
        cure_days: int = 0,
        mode: Mode = Mode.ENFORCE,
        **more: Any,
    ) -> Policy:
        policy = cases.policy(
            slug,
            measures=measures,
            default=Measure.SUSPEND_LISTING_RIGHTS if Measure.SUSPEND_LISTING_RIGHTS in measures else None,
            minimum_age=16,
            label=Label.SAFETY,
            listings_a_day=3,
            cure_days=cure_days,
            mode=mode,
            **more,
        )
        if about_merchants:
            policy.subject = Subject.MERCHANTS
            policy.save(update_fields=["subject"])
        assert policy.live is not None
        policy.live = PolicyVersion.objects.select_related("policy").get(pk=policy.live.pk)
        return policy

    def another_merchant(self, name: str, **fields: Any) -> Merchant:
        return cases.merchant(name, **fields)

    def listing(
        self, title: str, *, markets: Sequence[str] = ("DE",), of: Merchant | None = None, **fields: Any
    ) -> Listing:
        return cases.listing(of or self.merchant, title, markets=markets, **fields)

    def violation(
        self, listing: Listing, policy: Policy | None = None, *, owed: Owed = Owed.DECISION, **more: Any
    ) -> Violation:
        return cases.violation(listing, policy or self.policy, owed=owed, **more)

    def merchant_violation(self, policy: Policy, *, owed: Owed = Owed.DECISION) -> Violation:
        assert policy.live is not None
        return Violation.objects.create(
            policy=policy,
            version=policy.live,
            merchant=self.merchant,
            markets=["DE"],
            mode=policy.mode,
            owed=owed,
            found_at=NOON,
            seen_at=NOON,
        )

    def issue(
        self,
        violations: Sequence[Violation],
        measure: Measure,
        *,
        actor: User | str | None = "mona",
        markets: Sequence[str] = (),
        version: PolicyVersion | None = None,
        listings: Sequence[Listing] = (),
        merchant: Merchant | None = None,
        origin_kind: Origin = Origin.CASE,
        at: datetime = NOON,
        **more: Any,
    ) -> Decision:
        by = self.mona if isinstance(actor, str) else actor
        return decisions.issue(
            merchant=merchant or self.merchant,
            version=version or self.version,
            violations=violations,
            listings_without_violation=listings,
            measure=measure,
            markets=markets,
            minimum_age=None,
            actor=by,
            reason="As the guidance says.",
            at=at,
            origin_kind=origin_kind,
            **more,
        )

    def draft(self) -> PolicyVersion:
        old = self.version
        draft = PolicyVersion.objects.create(
            policy=self.policy,
            number=2,
            severity=old.severity,
            ground=old.ground,
            legal_basis=old.legal_basis,
            jurisdictions=old.jurisdictions,
            rule=old.rule,
            measures=old.measures,
            default_measure=old.default_measure,
            minimum_age=old.minimum_age,
            label=old.label,
            listings_a_day=old.listings_a_day,
            author=old.author,
            created_at=NOON,
        )
        PolicyText.objects.create(version=draft, language="en", title="T", summary="S", statement="W")
        return PolicyVersion.objects.select_related("policy").get(pk=draft.pk)

    def seen(self, listing: Listing) -> dict[str, Exposure]:
        """What a shopper of each market meets."""
        return {market: seen.exposure for market, seen in visibility.exposures(listing).items()}

    def reread(self, rows: Sequence[Violation]) -> list[Violation]:
        return list(Violation.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk"))

    def close(self, violation: Violation, because: str, at: datetime = NOON) -> None:
        """As a sweep's merge does."""
        Violation.objects.filter(pk=violation.pk).update(
            state="closed", closed_at=at, closed_because=because, owed="nothing"
        )
