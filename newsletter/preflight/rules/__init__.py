"""One file for each compliance or style rule."""
