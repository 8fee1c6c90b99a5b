"""From question to cited answer: understand, retrieve, extract, refuse, render."""
