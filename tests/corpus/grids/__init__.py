"""Grids: sentence patterns filled with everything a ledger holds, of which one filling is true.

A pattern such as ``{1} led the sectors today, followed by {2}`` says something of whoever
stands at its places. Filled with the right ones it is true; with any other it is false, and
the ledger alone decides which. Every filling is tried, so that a pattern whose words are read
too freely shows at once: a claim bound to the wrong side, a horizon or a period that any
other satisfies, a list nobody compares. Random slips of a word seldom hit the one that does.
"""
