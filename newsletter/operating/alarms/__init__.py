"""What is looked at for alerts, one matter a file."""
