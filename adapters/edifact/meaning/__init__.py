"""What messages mean: those of partners into messages of the bus, its facts into theirs.

Pure. What a partner's messages look like stands in its file (adapters/edifact/partners).
"""
