"""Tests of ledger/trail."""
