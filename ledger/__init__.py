"""The CPu ledger: the law, the book that keeps what it decided, the directory of who may act."""
