"""How a step hands its result to the launcher, and the launcher its summary to a file."""

import json
from pathlib import Path


def write(file: Path, content: object) -> None:
    """Whole or not at all."""
    draft = file.with_name(f"{file.name}.draft")
    draft.write_text(json.dumps(content, indent=2) + "\n")
    draft.replace(file)
