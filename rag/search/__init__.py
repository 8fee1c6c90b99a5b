"""Which passages are looked at: ranking, and filters by name, place and time."""
