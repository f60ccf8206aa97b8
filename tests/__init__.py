"""The tests, path for path as the packages they show."""
