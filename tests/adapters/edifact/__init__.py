"""Tests of EDIFACT: marks and levels, tokens, frames, directories, CONTRL, and the way back."""
