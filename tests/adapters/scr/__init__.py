"""Tests of adapters/scr."""
