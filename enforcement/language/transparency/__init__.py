"""What the EU's Transparency Database understands: its codes, its rules, and what may never be told to it."""

from enforcement.language.transparency.codes import CODES, DUMP_COLUMNS, EEA
from enforcement.language.transparency.faults import Fault, fields_of, messages_of
from enforcement.language.transparency.personal import without_personal_data
from enforcement.language.transparency.rules import BATCH_MOST, check, check_batch
from enforcement.language.transparency.stored import as_stored, trimmed

__all__ = [
    "BATCH_MOST",
    "CODES",
    "DUMP_COLUMNS",
    "EEA",
    "Fault",
    "as_stored",
    "check",
    "check_batch",
    "fields_of",
    "messages_of",
    "trimmed",
    "without_personal_data",
]
