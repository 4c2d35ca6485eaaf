"""The demo's world: what has happened in the eight weeks before it is opened, and what waits today.

Everything is made by the product's own functions, with the moment at which it happened. Each subject is made once, in one transaction.
"""
