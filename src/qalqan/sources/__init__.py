"""Step 1, outside → Item: each reader turns one kind of input into drafts of items.

`contract.py` says what a reader is; `walker.py` finds the reader for each thing handed in.
"""
