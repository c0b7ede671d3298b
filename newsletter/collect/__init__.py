"""Stage 1, world to Snapshot: fetch bars, check them, freeze and hash them."""
