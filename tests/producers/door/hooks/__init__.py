"""Tests of what community systems tell the door by themselves."""
