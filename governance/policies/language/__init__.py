"""The rule language: CEL over a declared vocabulary. See docs/rule-language.md."""

from governance.policies.language.aging import Crossing
from governance.policies.language.conditions import Condition, Group, Seen
from governance.policies.language.correcting import Step, Steps, corrections
from governance.policies.language.description import describe
from governance.policies.language.environment import Environment
from governance.policies.language.kinds import AttributeType
from governance.policies.language.problems import Problem, RuleProblems
from governance.policies.language.row import Row
from governance.policies.language.rows import (
    NOWHERE,
    CaseFacts,
    CertificateFacts,
    ListingFacts,
    MerchantFacts,
    Subject,
    WindowFacts,
)
from governance.policies.language.rule import Rule
from governance.policies.language.scope import About
from governance.policies.language.terms import FoundTerm, Matcher, TermListSpec

__all__ = [
    "NOWHERE",
    "About",
    "AttributeType",
    "CaseFacts",
    "CertificateFacts",
    "Condition",
    "Crossing",
    "Environment",
    "FoundTerm",
    "Group",
    "ListingFacts",
    "Matcher",
    "MerchantFacts",
    "Problem",
    "Row",
    "Rule",
    "RuleProblems",
    "Seen",
    "Step",
    "Steps",
    "Subject",
    "TermListSpec",
    "WindowFacts",
    "corrections",
    "describe",
]
