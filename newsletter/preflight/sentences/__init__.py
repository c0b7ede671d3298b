"""Sentences and clauses: who does what, when, denied or supposed."""
