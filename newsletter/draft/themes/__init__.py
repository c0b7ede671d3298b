"""One file for each thesis the house writer can argue."""
