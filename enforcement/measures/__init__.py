"""The measures. Explicit, so that a search finds them; a test holds the registry against the enum."""

from enforcement.measures.age_gate import AgeGate
from enforcement.measures.base import BaseMeasure
from enforcement.measures.remove import Remove
from enforcement.measures.request_correction import RequestCorrection
from enforcement.measures.restrict_markets import RestrictMarkets
from enforcement.measures.suspend_listing_rights import SuspendListingRights
from enforcement.measures.warn import Warn
from governance.policies.enums import Measure

MEASURES: dict[Measure, BaseMeasure] = {
    Measure.WARN: Warn(),
    Measure.REQUEST_CORRECTION: RequestCorrection(),
    Measure.AGE_GATE: AgeGate(),
    Measure.RESTRICT_MARKETS: RestrictMarkets(),
    Measure.REMOVE: Remove(),
    Measure.SUSPEND_LISTING_RIGHTS: SuspendListingRights(),
}
