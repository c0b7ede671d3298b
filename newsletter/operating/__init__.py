"""What keeps the house going by itself, night after night."""
