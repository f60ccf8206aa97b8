"""Tests of producers/simulator."""
