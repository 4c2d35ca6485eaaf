"""What can be searched: one module for each kind says what its conditions may name and by what its finds are counted."""

from collections.abc import Mapping

from investigations.enums import SearchKind
from investigations.queries.searched.cases import CASES
from investigations.queries.searched.decisions import DECISIONS
from investigations.queries.searched.kind import Facet, Reader, Searched
from investigations.queries.searched.listings import LISTINGS
from investigations.queries.searched.merchants import MERCHANTS

SEARCHED: Mapping[SearchKind, Searched] = {each.kind: each for each in (LISTINGS, MERCHANTS, CASES, DECISIONS)}

__all__ = ["CASES", "DECISIONS", "LISTINGS", "MERCHANTS", "SEARCHED", "Facet", "Reader", "Searched"]
