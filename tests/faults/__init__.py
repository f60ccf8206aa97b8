"""Real engines and processes killed, stopped and cut off under load."""
