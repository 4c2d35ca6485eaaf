"""What waits where, counted beside the requests and kept in one row."""

from datetime import datetime

from investigations.models import QueueFigures
from investigations.queries import counting, team


def count(*, at: datetime) -> QueueFigures:
    """Count again. Beat does so every minute, and a little after cases came, went or changed hands."""
    parts: dict[str, object] = {"live": counting.live(at), "done": counting.done(at), "appeals": counting.appeals()}
    parts["unfit"] = team.fit_nobody().count()
    figures, _made = QueueFigures.objects.update_or_create(pk=1, defaults={"counted_at": at, **parts})
    return figures
