"""The log in words: each verb and each kind of subject. What is not known here is shown as it is stored."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

VERBS: Mapping[str, str | Promise] = {
    "api_key.created": _("API key created"),
    "api_key.revoked": _("API key revoked"),
    "appeal.decided": _("Appeal answered"),
    "appeal.filed": _("Appeal filed"),
    "appeal.not_admitted": _("Appeal not admitted"),
    "appeal.released": _("Appeal released"),
    "appeal.taken": _("Appeal taken"),
    "appeal.withdrawn": _("Appeal withdrawn"),
    "case.claim_extended": _("Case kept for longer"),
    "case.claimed": _("Case taken"),
    "case.decided": _("Case decided"),
    "case.decision_undone": _("Decision of a case undone"),
    "case.evidence_added": _("Evidence added to a case"),
    "case.held": _("Case held for a senior reviewer"),
    "case.items_added": _("More found for a case"),
    "case.items_corrected": _("Case corrected in part by the merchant"),
    "case.lapsed": _("Claim of a case ran out"),
    "case.noted": _("Note written on a case"),
    "case.opened": _("Case opened"),
    "case.released": _("Case released"),
    "case.resolved": _("Case closed: everything corrected"),
    "case.skipped": _("Case skipped"),
    "decision.expired": _("Decision expired"),
    "decision.issued": _("Decision made"),
    "decision.approved": _("Held decision approved"),
    "decision.refused": _("Held decision refused"),
    "decision.withdrawn": _("Decision withdrawn before it took effect"),
    "decision.extended": _("More time to correct"),
    "decision.in_force": _("Decision took effect"),
    "decision.reversed": _("Decision reversed"),
    "decision.settled": _("Decision settled"),
    "decision.undone": _("Decision undone"),
    "import.ask_cancel": _("Cancelling an import asked for"),
    "import.cancelled": _("Import cancelled"),
    "import.failed": _("Import stopped by an error"),
    "import.finished": _("Import finished"),
    "import.map_categories": _("Categories of an import assigned"),
    "import.queued": _("Import waits"),
    "import.receive": _("File received for import"),
    "import.running": _("Import started"),
    "import.try_parked": _("Parked rows of an import tried again"),
    "ladder.drafted": _("Ladder drafted"),
    "ladder.edited": _("Draft of the ladder edited"),
    "ladder.switched": _("Ladder put in force"),
    "ladder.withdrawn": _("Draft of the ladder withdrawn"),
    "ladder_step.declined": _("Step of the ladder declined for now"),
    "ladder_step.proposed": _("Step of the ladder left to a person"),
    "ladder_step.reached": _("Step of the ladder reached"),
    "ladder_step.revoked": _("Step of the ladder taken back"),
    "ladder_step.taken": _("Step of the ladder carried out"),
    "ladder_step.void": _("Step of the ladder void: points have gone"),
    "listing.change": _("Listing changed"),
    "listing.checked": _("Listing checked again"),
    "listing.create": _("Listing created"),
    "listing.end": _("Listing ended"),
    "log.check_asked": _("Check of the log asked for"),
    "log.checked": _("Log checked"),
    "merchant.change": _("Merchant changed"),
    "merchant.create": _("Merchant created"),
    "message.retried": _("Message sent again"),
    "person.created": _("Person added"),
    "person.deactivated": _("Person deactivated"),
    "person.preferences_changed": _("Preferences changed"),
    "person.reactivated": _("Person reactivated"),
    "person.role_granted": _("Role granted"),
    "person.role_revoked": _("Role revoked"),
    "person.sign_in_reset": _("Sign-in reset"),
    "policy.approved": _("Policy version approved"),
    "policy.created": _("Policy created"),
    "policy.drafted": _("Policy version drafted"),
    "policy.edited": _("Policy draft edited"),
    "policy.mode_set": _("Mode of a policy changed"),
    "policy.objected": _("Policy version objected to"),
    "policy.submitted": _("Policy version submitted"),
    "policy.withdrawn": _("Policy version withdrawn"),
    "reference.loaded": _("Reference data loaded"),
    "submission.retried": _("Sent to the Transparency Database again"),
    "sweep.braked": _("Policy held by its brake"),
    "sweep.cancelled": _("Sweep cancelled"),
    "sweep.failed": _("Sweep stopped: some chunks failed"),
    "sweep.finished": _("Sweep finished"),
    "sweep.paused": _("Sweep paused"),
    "sweep.resumed": _("Sweep resumed"),
    "sweep.started": _("Sweep started"),
    "taxonomy.imported": _("Categories imported"),
    "term_list.saved": _("Term list saved"),
    "view.deleted": _("Saved view deleted"),
    "view.saved": _("View saved"),
    "violation.dismissed": _("Violation found fine"),
    "violation.overturned": _("Violation overturned on appeal"),
    "violation.reopened": _("Violation reopened"),
    "webhook.changed": _("Endpoint changed"),
    "webhook.created": _("Endpoint added"),
    "webhook.paused": _("Endpoint paused"),
    "webhook.removed": _("Endpoint removed"),
    "webhook.replayed": _("Events sent to an endpoint again"),
    "webhook.resumed": _("Endpoint resumed"),
    "webhook.secret_rotated": _("Secret of an endpoint replaced"),
    "webhook.tested": _("Test event sent to an endpoint"),
    "waiver.granted": _("Waiver granted"),
    "waiver.revoked": _("Waiver revoked"),
}
KINDS: Mapping[str, str | Promise] = {
    "api_key": _("API key"),
    "appeal": _("Appeal"),
    "case": _("Case"),
    "check": pgettext_lazy("of the log", "Check"),
    "decision": _("Decision"),
    "import": pgettext_lazy("noun", "Import"),
    "ladder": _("Ladder"),
    "ladder_step": _("Step of the ladder"),
    "listing": _("Listing"),
    "merchant": _("Merchant"),
    "message": _("Message"),
    "person": _("Person"),
    "policy": _("Policy"),
    "reference": _("Reference data"),
    "saved_view": _("Saved view"),
    "submission": _("Statement for the Transparency Database"),
    "sweep": _("Sweep"),
    "taxonomy": _("Categories"),
    "term_list": _("Term list"),
    "violation": _("Violation"),
    "waiver": _("Waiver"),
    "webhook": _("Endpoint"),
}


def verb(stored: str) -> str:
    return str(VERBS.get(stored, stored))


def kind(stored: str) -> str:
    return str(KINDS.get(stored, stored))


def details(data: Mapping[str, Any]) -> str:
    """What an entry says beside its verb, in one line; what is empty says nothing."""
    return ", ".join(f"{name}: {_plain(value)}" for name, value in data.items() if value not in ("", None, [], {}))


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"({details(value)})"
    if isinstance(value, list):
        return " ".join(_plain(each) for each in value)
    return str(value)
