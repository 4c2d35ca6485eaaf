"""What case work owes itself, by rows; an event only makes it sooner."""

from django.dispatch import Signal

recalls_owed = Signal()
"""Inside the transaction: alerts are to be held against the catalogue."""

consumers_owed = Signal()
"""Inside the transaction: `notice_id` and the `wait` in seconds; buyers are to be handed over."""
