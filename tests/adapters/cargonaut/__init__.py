"""How Cargonaut's messages are read, and what is said back."""
