"""Stage 3, Ledger to Draft: an opinion in prose whose every number is a slot."""
