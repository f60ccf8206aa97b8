"""Tests of consumers/dispatch."""
