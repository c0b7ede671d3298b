"""Who is let in at the desk, and what proves that a request comes from them."""
