"""What the launcher says."""

import time

_begun = time.monotonic()


def say(text: str) -> None:
    print(f"[{time.monotonic() - _begun:5.1f} s] {text}", flush=True)
