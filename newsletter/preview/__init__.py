"""The local preview: every face of an edition, drawn anew whenever a file it is made of changes."""
