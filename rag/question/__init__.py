"""What a question says: language, what it asks for, whom and when it is about, what to look for."""
