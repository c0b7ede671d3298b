"""The parts of a weekly preview, each from the ledger's facts alone."""
