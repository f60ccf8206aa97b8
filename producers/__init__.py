"""What writes to Kafka: the parties' clients, the log writer, the relay of the ledger's facts."""
