"""The gateway: interchanges of EDIFACT partners to the ledger's log, and facts back to them."""
