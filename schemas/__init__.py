"""What travels on the bus: identifiers, envelope, topics, messages in, facts out, reasons."""
