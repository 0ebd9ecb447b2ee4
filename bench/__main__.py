"""`make bench`: items a second for the scan, and the pages' p95 with 100,000 items in the store.

    python -m bench [scan] [pages] [--messages N] [--pictures N] [--runs N] [--items N]

Everything runs on this machine, in scratch folders that are removed afterwards; pages are asked for over loopback.
"""

from __future__ import annotations

import argparse

from bench import pages, scan


def main() -> None:
    """Measure what was asked for, by default everything."""
    parser = argparse.ArgumentParser(prog="bench", description="Measures Qalqan on this machine.")
    parser.add_argument("what", nargs="*", choices=[[], "scan", "pages"], help="by default both")
    parser.add_argument("--messages", type=int, default=20_000, help="messages of the scanned export")
    parser.add_argument("--pictures", type=int, default=300, help="of which carry a picture of 1.2 megapixels")
    parser.add_argument("--entries", type=int, default=20_000, help="entries of the bank")
    parser.add_argument("--runs", type=int, default=3, help="runs of each; the median counts")
    parser.add_argument("--items", type=int, default=100_000, help="items in the store behind the pages")
    asked = parser.parse_args()
    what = asked.what or ["scan", "pages"]
    if "scan" in what:
        scan.measure(asked.messages, asked.pictures, asked.entries, asked.runs)
    if "pages" in what:
        pages.measure(asked.items)


main()
