"""What a rule that is not in force yet would find."""

from enforcement.engine.preview.draft import Draft, Reader
from enforcement.engine.preview.figures import Figures, Interval, branches, interval

__all__ = ["Draft", "Figures", "Interval", "Reader", "branches", "interval"]
