"""`releasebus demo`: a day at Antwerp on a whole bus, and what became of it."""
