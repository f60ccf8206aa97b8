"""Tests of bringing documents to their receivers."""
