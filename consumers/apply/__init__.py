"""Apply: the logs into the ledger, exactly once, and the facts out again."""
