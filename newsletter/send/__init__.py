"""Stage 7, approved Edition to Deliveries: once to each reader, through crashes."""
