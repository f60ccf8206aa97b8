"""Tests of S)ONE."""
