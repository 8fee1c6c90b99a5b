"""What the found passages say to the question, sentence by sentence."""
