from governance.policies.models.policy import Approval, Policy, PolicyMove, PolicyText, PolicyVersion, PolicyVersionMove
from governance.policies.models.terms import TermList, TermListVersion
from governance.policies.models.waiver import Waiver

__all__ = [
    "Approval",
    "Policy",
    "PolicyMove",
    "PolicyText",
    "PolicyVersion",
    "PolicyVersionMove",
    "TermList",
    "TermListVersion",
    "Waiver",
]
