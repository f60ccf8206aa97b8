"""Intake: the parties' topics into the ledger's log, each message logged or kept apart."""
