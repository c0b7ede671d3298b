"""Door: one file for each language model service."""
