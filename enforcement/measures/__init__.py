"""The measures, from the mildest to the harshest. Explicit, so that a search finds them; a test holds the registry against the enum."""

from enforcement.measures.age_gate import AgeGate
from enforcement.measures.base import BaseMeasure
from enforcement.measures.block_relisting import BlockRelisting
from enforcement.measures.demote import Demote
from enforcement.measures.label import Labelled
from enforcement.measures.limit_new_listings import LimitNewListings
from enforcement.measures.remove import Remove
from enforcement.measures.request_correction import RequestCorrection
from enforcement.measures.restrict_markets import RestrictMarkets
from enforcement.measures.suspend import Suspend
from enforcement.measures.suspend_listing_rights import SuspendListingRights
from enforcement.measures.terminate import Terminate
from enforcement.measures.warn import Warn
from enforcement.measures.withhold_payout import WithholdPayout
from governance.policies.enums import Measure

MEASURES: dict[Measure, BaseMeasure] = {
    Measure.WARN: Warn(),
    Measure.REQUEST_CORRECTION: RequestCorrection(),
    Measure.DEMOTE: Demote(),
    Measure.LABEL: Labelled(),
    Measure.AGE_GATE: AgeGate(),
    Measure.RESTRICT_MARKETS: RestrictMarkets(),
    Measure.REMOVE: Remove(),
    Measure.BLOCK_RELISTING: BlockRelisting(),
    Measure.LIMIT_NEW_LISTINGS: LimitNewListings(),
    Measure.SUSPEND_LISTING_RIGHTS: SuspendListingRights(),
    Measure.SUSPEND: Suspend(),
    Measure.TERMINATE: Terminate(),
    Measure.WITHHOLD_PAYOUT: WithholdPayout(),
}
