"""Stage 2, Snapshot to Ledger: every number, comparison and state that prose may state."""
