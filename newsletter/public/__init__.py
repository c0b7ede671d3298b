"""The public pages: subscribe, leave, preferences, the archive and its feeds, the record.

They stand apart from the desk (ADR 0020): no cookie, no login, no script, nothing of anybody.
"""
