"""Tests of the partners' files."""
