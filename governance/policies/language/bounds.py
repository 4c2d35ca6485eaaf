"""What reading a rule may cost for one listing, in steps, at worst."""

from governance.policies.language.problems import Report
from governance.policies.language.syntax import Call, Items, Loop, Node, children, walk

MOST_PARTS = 2_000
MOST_STEPS = 20_000
MOST_LOOPS = 2
LONGEST_LIST = 50
"""Entries of a stored list that are counted on."""
_STEPS = {"matches": 200, "mentions": 5}


def check_bounds(node: Node, report: Report) -> None:
    parts = sum(1 for _part in walk(node))
    if parts > MOST_PARTS:
        report.add("too_large", node.start, node.end, count=parts, most=MOST_PARTS)
        return
    if _loops(node, 0, report) <= MOST_LOOPS and (cost := steps(node)) > MOST_STEPS:
        report.add("too_costly", node.start, node.end, cost=cost, most=MOST_STEPS)


def steps(node: Node) -> int:
    if isinstance(node, Loop):
        times = len(node.over.entries) if isinstance(node.over, Items) else LONGEST_LIST
        return steps(node.over) + times * (1 + steps(node.body))
    own = _STEPS.get(node.function, 1) if isinstance(node, Call) else 1
    return own + sum(steps(child) for child in children(node))


def _loops(node: Node, depth: int, report: Report) -> int:
    """Return how deep loops stand in each other, reporting the first that stands too deep."""
    if isinstance(node, Loop):
        depth += 1
        if depth > MOST_LOOPS:
            report.add("loop_in_loop", node.name_start, node.end)
    return max([depth, *(_loops(child, depth, report) for child in children(node))])
