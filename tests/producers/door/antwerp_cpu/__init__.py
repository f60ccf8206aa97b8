"""Tests of Certified Pick up's calls at the door."""
