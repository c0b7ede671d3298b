"""The checks, one a file: each offers `CHECK`."""
