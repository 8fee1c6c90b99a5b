"""What a message or a button makes the bot do."""
