"""The book: tables, the shards' leases, the hash chain, and the one transaction that writes."""
