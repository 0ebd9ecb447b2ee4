"""Hostile bytes are decoded in child processes with bounds on memory and time.

`Isolate.call("package.module:function", …)` runs that function in a child and hands back what it returns;
`Isolate.stream` does the same for a generator. What crosses the pipe is MessagePack, never pickle, so a decoder
that an attacker has taken over can answer nonsense but cannot run code in here.
"""

from qalqan.isolate.pool import Isolate

__all__ = ["Isolate"]
