"""Messages on their way out: laid out, paced, delivered."""
