"""Tests of consumers/apply."""
