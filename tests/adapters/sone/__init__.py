"""Tests of adapters/sone."""
