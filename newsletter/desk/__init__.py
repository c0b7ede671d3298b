"""The editors' desk: a web application where a person takes responsibility for an edition.

Rooms (`newsletter.desk.rooms`) are pages, one file each, found by themselves. Nobody enters
one without an admission (`newsletter.desk.admission`), and nothing is changed by a GET.
"""
