"""`python -m qalqan.i18n`: bring the catalogues up to the source and say what is still to be translated."""

from __future__ import annotations

import sys

from qalqan.i18n.gather import update


def main() -> None:
    """Write the catalogues; say how many messages each language misses."""
    for language, missing in update().items():
        sys.stdout.write(f"{language}: {missing} messages to translate\n")


if __name__ == "__main__":
    main()
