"""`python -m qalqan.web.api`: write the API's reference, as `docs/api.md` holds it."""

from __future__ import annotations

import sys

from qalqan.web.api.docs import reference

if __name__ == "__main__":
    sys.stdout.write(reference())
