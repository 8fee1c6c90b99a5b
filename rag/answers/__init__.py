"""From evidence to an answer or a refusal, each quote proved."""
