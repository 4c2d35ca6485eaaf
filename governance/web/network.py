"""Where the nodes and ties of a network stand: columns by steps from one node, left to right. Pure, and the same every time.

Every node hangs on the one through which it is most strongly tied to the column before; further ties are drawn beside this tree.
Of a node's neighbours the first few are drawn and the rest counted, so that a network of hundreds stays legible; an opened
node shows more of them.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, ROW, GAP, MARKS = 156, 36, 44, 22, 56
"""Of a node's card, of a row, between a card and what marks the tie to the next, and of these marks, which stand on its line."""
PITCH = WIDTH + GAP + MARKS
ROWS = 24
"""Rows that are drawn before fewer neighbours are."""
FEW = (12, 8, 6, 4, 3, 2)
"""Neighbours of a node that is not opened: the first of these with which the network has at most ROWS rows."""
OPENED = 30
"""Neighbours of a node that is opened."""
BOW = 26
WEAK, MEDIUM = 0.4, 0.7


@dataclass(frozen=True)
class Wire:
    """Two nodes that are tied, how strongly, and in words."""

    one: int
    other: int
    strength: float
    words: str = ""


@dataclass(frozen=True)
class Spot:
    """A node's card; `wire` ties it to the column before. `more` stands for so many neighbours of `key` that are not drawn."""

    key: int
    x: float
    y: float
    column: int
    wire: Wire | None = None
    more: int = 0

    @property
    def left(self) -> float:
        """Where the marks of the tie begin."""
        return self.x - MARKS if self.wire or self.more else self.x

    @property
    def width(self) -> float:
        return self.x + WIDTH - self.left


@dataclass(frozen=True)
class Line:
    path: str
    css: str
    words: str


@dataclass(frozen=True)
class Network:
    width: float
    height: float
    spots: tuple[Spot, ...]
    lines: tuple[Line, ...]
    hidden: int

    @property
    def keys(self) -> list[int]:
        return [spot.key for spot in self.spots if not spot.more]


@dataclass(frozen=True)
class _Tree:
    columns: Mapping[int, int]
    children: Mapping[int, Sequence[int]]
    above: Mapping[int, int]
    wires: Mapping[int, Wire]

    def way_to(self, key: int) -> set[int]:
        """The node and all that it hangs on; nothing where it is not in the tree."""
        found = {key} if key in self.columns else set()
        while key in self.above:
            key = self.above[key]
            found.add(key)
        return found

    def below(self, key: int) -> int:
        """How many hang on this node, directly or not."""
        return sum(1 + self.below(child) for child in self.children.get(key, ()))


def network(
    root: int,
    wires: Collection[Wire],
    *,
    rank: Mapping[int, float],
    opened: Collection[int] = (),
    kept: Collection[int] = (),
) -> Network:
    """Lay out what hangs on `root`. The highest `rank` comes first; `opened` and `kept` nodes are drawn in any case."""
    tree = _tree(root, wires, rank)
    shown, more = _chosen(tree, root, set(opened), {above for key in (*opened, *kept) for above in tree.way_to(key)})
    spots = _placed(tree, root, shown, more)
    at = {spot.key: spot for spot in spots if not spot.more}
    known = {(spot.wire.one, spot.wire.other) for spot in spots if spot.wire}
    beside = sorted(
        (wire for wire in wires if {wire.one, wire.other} <= set(at) and (wire.one, wire.other) not in known),
        key=lambda wire: (wire.one, wire.other),
    )
    lines = [_branch(at[tree.above[spot.key]], spot) for spot in spots if spot.wire]
    lines += [_branch(at[spot.key], spot) for spot in spots if spot.more]
    lines += [_beside(at[wire.one], at[wire.other], wire) for wire in beside]
    right, bottom = max(spot.x for spot in spots) + WIDTH, max(spot.y for spot in spots) + HEIGHT
    bowed = any(at[wire.one].x == at[wire.other].x == right - WIDTH for wire in beside)
    return Network(right + bowed * BOW, bottom, tuple(spots), tuple(lines), sum(more.values()))


def _tree(root: int, wires: Collection[Wire], rank: Mapping[int, float]) -> _Tree:
    around: dict[int, dict[int, Wire]] = defaultdict(dict)
    for wire in wires:
        around[wire.one][wire.other] = around[wire.other][wire.one] = wire
    columns: dict[int, int] = {root: 0}
    children: dict[int, list[int]] = {}
    above: dict[int, int] = {}
    own: dict[int, Wire] = {}
    layer = [root]
    while layer:
        best: dict[int, tuple[float, int, int]] = {}
        for place, key in enumerate(layer):
            for other, wire in around[key].items():
                if other not in columns:
                    best[other] = max(best.get(other, (-1.0, 0, 0)), (wire.strength, -place, key))
        for other, (_strength, _place, parent) in best.items():
            columns[other], above[other], own[other] = columns[parent] + 1, parent, around[parent][other]
            children.setdefault(parent, []).append(other)
        for key in layer:
            children.setdefault(key, []).sort(key=lambda each: (-rank.get(each, 0.0), -own[each].strength, each))
        layer = [child for key in layer for child in children[key]]
    return _Tree(columns, children, above, own)


def _chosen(
    tree: _Tree, root: int, opened: Collection[int], needed: Collection[int]
) -> tuple[dict[int, list[int]], dict[int, int]]:
    """The neighbours that are drawn of each node, and of each how many are not."""
    shown: dict[int, list[int]] = {}
    more: dict[int, int] = {}
    for few in FEW:
        shown, more, todo, rows = {}, {}, [root], 0
        while todo:
            key = todo.pop()
            children = tree.children.get(key, ())
            most = OPENED if key in opened else few
            shown[key] = [child for place, child in enumerate(children) if place < most or child in needed]
            hidden = [child for child in children if child not in shown[key]]
            if hidden:
                more[key] = sum(1 + tree.below(child) for child in hidden)
            rows += (not shown[key]) + bool(hidden)
            todo += shown[key]
        if rows <= ROWS:
            break
    return shown, more


def _placed(tree: _Tree, root: int, shown: Mapping[int, Sequence[int]], more: Mapping[int, int]) -> list[Spot]:
    """Leaves one below the other, each other node in the middle of what hangs on it."""
    spots: list[Spot] = []
    row = 0

    def place(key: int) -> float:
        nonlocal row
        middles = [place(child) for child in shown[key]]
        column = tree.columns[key]
        if key in more:
            spots.append(Spot(key, (column + 1) * PITCH, row * ROW, column + 1, more=more[key]))
            middles.append(row * ROW)
            row += 1
        if not middles:
            middles = [row * ROW]
            row += 1
        y = round((middles[0] + middles[-1]) / 2, 1)
        spots.append(Spot(key, column * PITCH, y, column, tree.wires.get(key)))
        return y

    place(root)
    return sorted(spots, key=lambda spot: (spot.column, spot.y))


def _branch(parent: Spot, spot: Spot) -> Line:
    x, y, to, end = parent.x + WIDTH, parent.y + HEIGHT / 2, spot.left, spot.y + HEIGHT / 2
    middle = (x + to) / 2
    path = f"M{x:g} {y:g}C{middle:g} {y:g} {middle:g} {end:g} {to:g} {end:g}H{spot.x:g}"
    return Line(path, _css(spot.wire), spot.wire.words if spot.wire else "")


def _beside(one: Spot, other: Spot, wire: Wire) -> Line:
    """A further tie: bowed to the right where both stand in one column, else from the one's right side to the other's left."""
    one, other = sorted((one, other), key=lambda spot: (spot.column, spot.y))
    x, y, end = one.x + WIDTH, one.y + HEIGHT / 2, other.y + HEIGHT / 2
    to = other.x + WIDTH if one.column == other.column else other.x
    bow = x + BOW if one.column == other.column else (x + to) / 2
    return Line(f"M{x:g} {y:g}C{bow:g} {y:g} {bow:g} {end:g} {to:g} {end:g}", f"{_css(wire)} is-beside", wire.words)


def _css(wire: Wire | None) -> str:
    if wire is None:
        return "wire is-more"
    return "wire is-weak" if wire.strength < WEAK else "wire is-medium" if wire.strength < MEDIUM else "wire is-strong"
