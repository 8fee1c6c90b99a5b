"""The published generation: reports and chunks, vectors, words; read, and the next one written."""
