"""Where records live: tables, the functions that read and write them, blobs, search, the audit log.

`engine.py` opens a `Store`; every other file is functions that take a connection of it. `with store.writing() as tx`
is one transaction: all of it lands or none.
"""

from qalqan.store.engine import Store, open_store

__all__ = ["Store", "open_store"]
