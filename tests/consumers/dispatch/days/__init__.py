"""Each system's day against a fake of it that fails, delays, doubles and reorders."""
