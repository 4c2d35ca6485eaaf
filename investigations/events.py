"""What case work tells its own tasks. A row says what is owed; an event makes it sooner, and beat finds what it missed."""

from django.dispatch import Signal

rerouting_asked = Signal()
"""Inside the transaction: live cases are to go where the rules of now put them."""

cases_moved = Signal()
"""Inside the transaction: cases came, went or changed hands, so what waits where is to be counted again."""

bulk_at_work = Signal()
"""Inside the transaction: `run_id` of what is to be done to many cases, or undone."""

recalls_owed = Signal()
"""Inside the transaction: alerts are to be held against the catalogue."""

consumers_owed = Signal()
"""Inside the transaction: `notice_id` and the `wait` in seconds; buyers are to be handed over."""
