"""Tests of adapters/customs."""
