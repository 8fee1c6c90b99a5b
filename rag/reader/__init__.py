"""The reader's artifact, its model card, and how it is joined with the bundled encoder."""
