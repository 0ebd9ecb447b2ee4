"""Measurements for people: each prints what it saw on this machine, with medians of several runs."""
