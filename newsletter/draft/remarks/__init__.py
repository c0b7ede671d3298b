"""One file for each field of remarks; each has its ``MAKERS``."""
