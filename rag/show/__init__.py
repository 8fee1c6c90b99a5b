"""Answers for people: plain text, Markdown, terminal, minutes."""
