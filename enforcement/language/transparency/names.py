"""Categories of the database in words, as its own pages call them."""

from governance.policies.enums import Matter


def category_name(code: str) -> str:
    return str(Matter(code).label) if code in Matter.values else code
