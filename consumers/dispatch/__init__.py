"""Dispatch: facts of the ledger to the community systems of their port, nothing sent unstored."""
