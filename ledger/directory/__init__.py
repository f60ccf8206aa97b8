"""The directory: which organisations there are, and what may become of them."""
