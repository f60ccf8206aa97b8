"""Tests of adapters/exit_steps."""
