"""Handles, addresses, numbers and sums of money in texts: what points at somebody."""
