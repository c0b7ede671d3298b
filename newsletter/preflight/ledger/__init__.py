"""The ledger as preflight asks it: by what is printed, and by subject and measure."""
