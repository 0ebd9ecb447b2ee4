"""Step 3, Signal → Match: each matcher compares one kind of signal with the banks' active entries."""
