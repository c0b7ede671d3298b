"""What a process tells of itself: whether it is well, figures, its log, spans, errors.

Nothing heavy is loaded, and nothing is written anywhere, before `observing.observed` says so.
"""
