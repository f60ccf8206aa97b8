"""One folder a community system: its bytes into values and back, and nothing is sent."""
