from governance.audit.models.check import Check
from governance.audit.models.entry import Entry
from governance.audit.models.seal import Seal

__all__ = ["Check", "Entry", "Seal"]
