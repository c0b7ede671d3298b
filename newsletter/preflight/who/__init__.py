"""Who a text speaks of: by ticker, name and nickname, in groups, and strangers."""
