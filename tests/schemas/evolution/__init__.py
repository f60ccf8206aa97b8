"""Tests of schemas/evolution."""
