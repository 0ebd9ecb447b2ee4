"""Local features: which known picture shows the same things at consistent places, and where."""
