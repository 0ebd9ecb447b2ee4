"""The words: frozen records and enums. This room imports nothing of ours, and every other room speaks it."""
