"""Stage 5, Draft and Ledger to Rendered: charts, HTML and plain text of one mail."""
