"""Apply's parts on their own."""
