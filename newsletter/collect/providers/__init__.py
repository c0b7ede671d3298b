"""Door: one file for each source of market data."""
