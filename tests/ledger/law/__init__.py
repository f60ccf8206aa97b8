"""Tests of ledger/law."""
