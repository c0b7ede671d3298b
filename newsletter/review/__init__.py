"""Stage 6, Rendered and Report to an approved Edition: a person takes responsibility."""
