"""Figures proved against the ledger: whose they are, of what, over which period."""
