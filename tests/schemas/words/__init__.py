"""Tests of schemas/words."""
