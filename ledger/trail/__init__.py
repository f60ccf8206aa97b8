"""One container's trail for an authority: taken from the book, and checked without it."""
