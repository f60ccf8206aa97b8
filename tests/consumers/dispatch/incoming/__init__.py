"""Tests of hearing what systems say."""
