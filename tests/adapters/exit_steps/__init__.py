"""Tests of what French ports share."""
