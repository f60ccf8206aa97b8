"""Tests of adapters/ci5."""
