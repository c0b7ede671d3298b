"""Kinds of piece, one file each."""
