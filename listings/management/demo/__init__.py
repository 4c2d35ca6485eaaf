"""A believable catalogue of the whole region, from a seed, with planted defects whose truth is known."""

from listings.management.demo.catalogue import Catalogue, Truth, build, write_ndjson

__all__ = ["Catalogue", "Truth", "build", "write_ndjson"]
