"""Tests of adapters/antwerp_cpu."""
