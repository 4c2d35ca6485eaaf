"""The engine: policies compiled, facts loaded in bulk, rules read over them."""

from enforcement.engine.active import ActivePolicies, ActivePolicy, BrokenPolicy, activate, load_active
from enforcement.engine.evaluation import Broken, Outcome, Summary, Tally, evaluate
from enforcement.engine.ready import Standing, standing

__all__ = [
    "ActivePolicies",
    "ActivePolicy",
    "Broken",
    "BrokenPolicy",
    "Outcome",
    "Standing",
    "Summary",
    "Tally",
    "activate",
    "evaluate",
    "load_active",
    "standing",
]
