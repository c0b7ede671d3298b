"""What words state without a figure: ranks, records, runs, counts of groups."""
