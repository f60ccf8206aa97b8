"""What reads the topics: intake, apply, dispatch and a terminal's own gate reader."""
