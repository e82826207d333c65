// Slow references.
