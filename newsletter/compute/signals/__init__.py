"""One file for each signal; discovered in sorted order."""
