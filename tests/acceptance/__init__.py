"""The whole line, from a party's message to a terminal's answer."""
