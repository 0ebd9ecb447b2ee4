"""Harmless material to try Qalqan on: invented, drawn and synthesised here, with the truth beside it."""
