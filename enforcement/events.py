"""What enforcement tells the rooms above, after commit, by ids only. A row says what is owed; an event makes it sooner."""

from django.dispatch import Signal

sweep_at_work = Signal()
"""`sweep_id`: begun or resumed; its chunks wait for workers."""

violations_found = Signal()
"""`sweep_id`: a chunk of this sweep left violations that owe a case."""

violations_closed = Signal()
"""`sweep_id`: a chunk of this sweep closed violations that no longer hold; None: listings were read again at once."""

recheck_owed = Signal()
"""Inside the transaction: listings are to be read again."""

sweep_ended = Signal()
"""`sweep_id`: finished or cancelled; what it found may be decided upon."""

decision_issued = Signal()
"""`decision_id`."""

appeal_filed = Signal()
"""`appeal_id`."""

undo_at_work = Signal()
"""Inside the transaction: `undo_id`, begun, approved or resumed; its decisions wait for workers."""

message_owed = Signal()
"""Inside the transaction: `message_id`, and the `wait` in seconds before it may go out."""

delivery_owed = Signal()
"""Inside the transaction: something was written that the marketplace is to be told."""

endpoint_due = Signal()
"""Inside the transaction: `endpoint_id` has deliveries that may go out now."""

ladder_step_owed = Signal()
"""Inside the transaction: `step_id`; automation carries it out."""
