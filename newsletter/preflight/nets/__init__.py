"""The last nets: what of a sentence no claim has read is refused."""
