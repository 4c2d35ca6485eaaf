"""How often one link, or one person, may do something: enough for a person, too little for a program."""

from dataclasses import dataclass
from hashlib import sha256

import structlog
from django.core.cache import cache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Rate:
    name: str
    times: int
    seconds: int


READS = Rate("statement-read", 120, 60)
PAPERS = Rate("statement-paper", 20, 60)
ACCOUNTS = Rate("account-read", 120, 60)
WRITES = Rate("statement-write", 10, 600)
RECHECKS = Rate("recheck", 20, 60)


def exceeded(rate: Rate, token: str) -> bool:
    """Count one use. Without its cache the page goes on without counting: a merchant's redress matters more."""
    key = f"{rate.name}:{sha256(token.encode()).hexdigest()[:24]}"
    try:
        cache.add(key, 0, rate.seconds)
        return cache.incr(key) > rate.times
    except (RedisError, OSError, ValueError) as fault:  # the cache is away, or the key ran out between the two
        log.warning("throttle_unavailable", error=repr(fault))
        return False
