"""Tests of ledger/directory."""
