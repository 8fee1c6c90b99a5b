"""How likely evidence answers a question: features with names, weighed by what was measured."""
