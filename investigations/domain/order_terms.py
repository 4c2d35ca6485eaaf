"""What an order allows: its measures, its markets and no others; and what of it the merchant is told."""

from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _

from enforcement.domain.ordered import Ordered
from enforcement.enums import STANDING_DECISIONS, WAITING_DECISIONS, Origin
from enforcement.models import Decision
from enforcement.permissions import can_reverse, markets
from governance.accounts.models import User
from governance.policies.enums import Measure
from governance.policies.models import PolicyVersion
from governance.web import formats
from governance.web.refusals import Refusal
from investigations.enums import ORDER_MEASURES
from investigations.models import AuthorityOrder
from listings.models import Listing


class BeyondTheOrder(Refusal):
    """The measure or the policy does not fit what was ordered."""


class NotYoursToEnd(Refusal):
    """What was decided upon it ends with it, and the actor may not end that."""


def told(order: AuthorityOrder) -> Ordered:
    return Ordered(
        authority=order.authority,
        country=order.country,
        number=order.number,
        legal_basis=order.legal_basis,
        reasons=order.reasons,
        redress=order.redress,
        language=order.language,
        tell_after=order.tell_after,
    )


def check_measure(measure: Measure) -> None:
    if measure not in ORDER_MEASURES:
        permitted = formats.series(str(each.label) for each in ORDER_MEASURES)
        raise BeyondTheOrder(
            _("“%(measure)s” could reach beyond the order. Choose one of: %(permitted)s.")
            % {"measure": measure.label, "permitted": permitted}
        )


def check_markets(order: AuthorityOrder, only_in: Collection[str] | None) -> None:
    """That it says where it holds, and that the actor (None: everywhere) may decide there."""
    if not order.markets:
        raise BeyondTheOrder(_("The order does not say in which countries it holds. Ask the authority first."))
    foreign = [] if only_in is None else sorted(set(order.markets) - set(only_in))
    if foreign:
        raise BeyondTheOrder(
            _("The order also holds in %(markets)s, where you do not decide. Leave it to somebody who does.")
            % {"markets": formats.series(foreign)}
        )


def check_may_end(made: Collection[Decision], actor: User) -> None:
    """That the actor may reverse these decisions upon an order, in all the markets in which they hold."""
    if made and not can_reverse(actor):
        raise NotYoursToEnd(
            _("What was decided upon it is reversed with it. Leave that to a senior reviewer or a team lead.")
        )
    only_in = markets(actor)
    foreign = set() if only_in is None else {market for each in made for market in each.markets} - only_in
    if foreign:
        raise NotYoursToEnd(
            _("Decisions upon it also hold in %(markets)s, where you do not decide. Leave it to somebody who does.")
            % {"markets": formats.series(sorted(foreign))}
        )


def may_end(order: AuthorityOrder, actor: User) -> bool:
    """Whether the actor may reverse what was decided upon an order; also where nothing was."""
    states = sorted(STANDING_DECISIONS | WAITING_DECISIONS)
    made = Decision.objects.filter(origin_kind=Origin.ORDER, origin_ref=order.reference, state__in=states)
    try:
        check_may_end(list(made.order_by("pk")), actor)
    except NotYoursToEnd:
        return False
    return True


def territory(order: AuthorityOrder, version: PolicyVersion, listings: Iterable[Listing]) -> list[str]:
    """All markets of the order that the policy knows. Raises BeyondTheOrder where it leaves out one in which they are offered, and
    where none is left: a decision without markets holds everywhere."""
    offered = {market for listing in listings for market in listing.markets}
    left = sorted(set(order.markets) & offered - set(version.jurisdictions))
    if left:
        raise BeyondTheOrder(
            _("The policy does not apply in %(markets)s, where the order holds too. Choose a policy that does.")
            % {"markets": formats.series(left)}
        )
    held = sorted(set(order.markets) & set(version.jurisdictions))
    if not held:
        raise BeyondTheOrder(_("The policy applies in none of the countries in which the order holds. Choose another."))
    return held
