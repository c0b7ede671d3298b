"""Kinds of claims without a figure, one a file; `newsletter.preflight.assertion` finds them."""
