"""Inspection of a finished mail: what readers' programs, eyes and inboxes make of it.

One check a file, each a pure function of the mail; `inspection.inspect` runs them all.
"""
