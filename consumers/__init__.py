"""What reads from Kafka: intake, apply, dispatch, the gate."""
