"""Stage 4, finished text and Ledger to Report: prove every claim, or block."""
