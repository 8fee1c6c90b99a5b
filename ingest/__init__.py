"""From delivered files to a published index: read, normalize, chunk, embed, publish."""
