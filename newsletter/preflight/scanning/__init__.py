"""Patterns found fast: what a text cannot hold is never looked for."""
