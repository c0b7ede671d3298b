"""Figures: found in digits and in words, and proved against the ledger."""
