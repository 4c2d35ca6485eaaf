"""The engine: policies compiled, facts loaded in bulk, rules read over them."""

from enforcement.engine.active import ActivePolicies, ActivePolicy, BrokenPolicy, activate, load_active
from enforcement.engine.columns.stored import batch
from enforcement.engine.evaluation import Broken, Found, Outcome, Summary, Tally, by_row, evaluate
from enforcement.engine.ready import Standing, standing

__all__ = [
    "ActivePolicies",
    "ActivePolicy",
    "Broken",
    "BrokenPolicy",
    "Found",
    "Outcome",
    "Standing",
    "Summary",
    "Tally",
    "activate",
    "batch",
    "by_row",
    "evaluate",
    "load_active",
    "standing",
]
