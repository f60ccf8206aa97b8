"""What parties publish with, and what the bus itself writes to its topics."""
