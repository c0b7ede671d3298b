"""Door: one file for each way out."""
