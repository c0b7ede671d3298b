"""Door: the database, its migrations and repositories."""
