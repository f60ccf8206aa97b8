"""What the bus runs on: containers, and the same engines on one machine without them."""
