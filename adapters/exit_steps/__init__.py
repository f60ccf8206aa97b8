"""What the systems of French ports share: the steps up to the exit, and its secret code."""
