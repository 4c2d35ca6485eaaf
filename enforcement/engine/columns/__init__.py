"""Rules over columns: the checked tree of a rule becomes one Polars expression, read over thousands of rows at once.

It says what the row by row reading says: true, false, and null for what is not known. `docs/adr/0011-rules-over-columns.md`
names the places where the two would differ, and what is done about each.
"""

from enforcement.engine.columns.answers import Answer, answers
from enforcement.engine.columns.batches import Batch
from enforcement.engine.columns.frames import batch_of
from enforcement.engine.columns.lowering import Plan, Planner
from enforcement.engine.columns.values import NotLowered

__all__ = ["Answer", "Batch", "NotLowered", "Plan", "Planner", "answers", "batch_of"]
