"""How what travels may change: what is found between two versions, and which of it breaks whom."""
