"""What the systems say: who says it, what it means by what is remembered, and onto the log."""
