"""Tests of consumers/gate."""
