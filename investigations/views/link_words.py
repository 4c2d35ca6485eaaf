"""Links and the risk that comes over them, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from governance.accounts.permissions import Anyone
from governance.web import formats, tones
from investigations.enums import RiskLevel, RiskReason, risk_level
from investigations.models import LinkRisk
from investigations.queries import links
from investigations.queries.links import risk_of
from investigations.queries.risk import Tie
from listings.enums import LINK_ICON, LinkKind
from listings.models import Merchant

SHARES: dict[LinkKind, str | Promise] = {
    LinkKind.BANK_ACCOUNT: gettext_lazy("shares a bank account with %(name)s"),
    LinkKind.ADDRESS: gettext_lazy("shares an address with %(name)s"),
    LinkKind.PHONE: gettext_lazy("shares a phone number with %(name)s"),
    LinkKind.EMAIL_DOMAIN: gettext_lazy("shares an e-mail address or domain with %(name)s"),
    LinkKind.DEVICE: gettext_lazy("shares a device with %(name)s"),
    LinkKind.IMAGE: gettext_lazy("shows the same pictures as %(name)s"),
    LinkKind.LIKE_IMAGE: gettext_lazy("shows nearly the same pictures as %(name)s"),
    LinkKind.TEXT: gettext_lazy("uses nearly the same texts as %(name)s"),
    LinkKind.NAME: gettext_lazy("has a name like that of %(name)s"),
    LinkKind.DECLARED: gettext_lazy("was declared to belong to %(name)s"),
}
SHORT: dict[str, str | Promise] = {
    LinkKind.EMAIL_DOMAIN: pgettext_lazy("link", "E-mail"),
    LinkKind.LIKE_IMAGE: pgettext_lazy("link", "Like images"),
    LinkKind.NAME: pgettext_lazy("link", "Name"),
    LinkKind.DECLARED: pgettext_lazy("link", "Declared"),
}
"""Kinds whose full name is too long for a line of several."""
STOPPED = {RiskReason.TERMINATED, RiskReason.SUSPENDED}


@dataclass(frozen=True)
class Mark:
    """A kind of link with its icon and what there is to say of it here."""

    kind: str
    label: str
    icon: str
    strength: float | None = None


@dataclass(frozen=True)
class Risk:
    """A merchant's risk as it is shown: the number, how it is called, and what their own comes from."""

    value: float
    level: RiskLevel
    own: str
    reason: str

    @property
    def stopped(self) -> bool:
        return self.reason in STOPPED

    @property
    def said(self) -> str:
        """How high it is; in figures where there is one."""
        if self.level == RiskLevel.NONE:
            return str(self.level.label)
        return _("%(level)s, %(value)s") % {"level": self.level.label, "value": formats.number(self.value, digits=2)}

    @property
    def tone(self) -> str:
        return "critical" if self.stopped else tones.mark_of(self.level).tone

    @property
    def icon(self) -> str:
        return "ban" if self.stopped else tones.mark_of(self.level).icon

    @property
    def card(self) -> str:
        """The one thing that a card says of the merchant."""
        return str(RiskReason(self.reason).label) if self.stopped else self.said


def risk_in_words(merchant: Merchant) -> Risk:
    """Of a merchant loaded with their risk."""
    found = risk_of(merchant)
    reason = found.because.get("reason", "")
    return Risk(found.risk, risk_level(found.risk), reason_in_words(found.because), reason)


def reason_in_words(because: Mapping[str, Any]) -> str:
    """What a merchant's own risk comes from; nothing where there is none."""
    reason = because.get("reason")
    if not reason:
        return ""
    if reason == RiskReason.POINTS:
        points = because["points"]
        return ngettext("%(count)s point", "%(count)s points", points) % {"count": formats.number(points)}
    if reason == RiskReason.CRITICAL_CASE:
        return _("open critical case C-%(case)s") % {"case": because["case"]}
    day = formats.day(datetime.fromisoformat(because["at"]).date())
    patterns = {
        RiskReason.TERMINATED: _("terminated %(day)s"),
        RiskReason.SUSPENDED: _("suspended %(day)s"),
        RiskReason.RIGHTS: _("may list nothing new since %(day)s"),
    }
    return patterns[RiskReason(reason)] % {"day": day}


def explained(risk: LinkRisk, names: Mapping[int, Merchant]) -> list[tuple[float, str]]:
    """Where the risk that comes over links comes from: how much, and over which merchants. Whom the person may not read has no name."""
    return [(source["value"], _way(source, names)) for source in risk.sources]


def marks(tie: Tie) -> list[Mark]:
    """What ties two merchants, the strongest first."""
    return [
        Mark(kind, kind_label(kind, short=True), LINK_ICON[LinkKind(kind)], strength) for kind, strength in tie.kinds
    ]


def tie_in_words(tie: Tie, one: str, other: str) -> str:
    kinds = formats.series(kind_label(kind, short=True) for kind, _strength in tie.kinds)
    return _("%(one)s and %(other)s: %(kinds)s, strength %(strength)s") % {
        "one": one,
        "other": other,
        "kinds": kinds,
        "strength": formats.number(tie.strength, digits=2),
    }


def kind_label(kind: str, *, short: bool = False) -> str:
    return str(SHORT.get(kind, "") if short else "") or str(LinkKind(kind).label)


def _way(source: Mapping[str, Any], names: Mapping[int, Merchant]) -> str:
    """The way to a source as a sentence: shares an address with A, which shares a phone number with B (terminated 3 May)."""
    path, kinds = source["path"], source["kinds"]
    said = ""
    for place in range(len(kinds) - 1, -1, -1):
        other = names.get(path[place + 1])
        name = other.name if other else _("a merchant outside your markets")
        if other and not said:
            reason = risk_in_words(other).own
            name = _("%(name)s (%(reason)s)") % {"name": name, "reason": reason} if reason else name
        own = str(SHARES[LinkKind(kinds[place])]) % {"name": name}
        plain = other.name if other else name
        said = _("%(first)s, which %(rest)s") % {"first": own, "name": plain, "rest": said} if said else own
    return said


def strongest(user: Anyone, merchant: Merchant) -> dict[str, Any]:
    """For a page: the strongest links that the person may see, and what risk comes over them."""
    found, risk = links.strongest(merchant, user), risk_of(merchant)
    return {
        "linked": [(each, marks(each.tie)) for each in found[: links.STRONGEST]],
        "linked_count": len(found),
        "link_risk": risk_in_words(merchant),
        "link_why": explained(risk, links.named([risk], user)),
    }
