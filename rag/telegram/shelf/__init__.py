"""Reports changed from a chat."""
