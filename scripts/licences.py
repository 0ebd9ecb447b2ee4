"""Writes docs/licences.md: what Qalqan needs to run, and under which licences. With --check, only compares."""  # noqa: INP001 - a script, no package

from __future__ import annotations

import re
import sys
from importlib.metadata import PackageMetadata, metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "licences.md"
LOCK = ROOT / "requirements" / "run.txt"
_LOCKED = re.compile(r"^[a-z0-9][^\s=]*==[^\\\n]*", re.MULTILINE)

HEAD = """# Licences

Qalqan is under the [Apache License 2.0](https://www.apache.org/licenses/LICENSE-2.0). You may use, change and pass it
on, also as part of a product.

## Not permissive by themselves

Three things that Qalqan needs carry conditions of their own. None changes the licence of Qalqan's code. All matter
when you pass on a bundle: a container image, a disk image, an installer.

- **psycopg** and **psycopg-binary**, which speak to PostgreSQL, are under LGPL-3.0. They are here because DBOS, the
  engine of the durable jobs, needs them; with SQLite they are loaded but reach no server. Qalqan uses them unchanged.
  Pass on their licence, and leave it possible to put another version in their place.
- **PyAV** (`av`) itself is BSD-3-Clause. Its ready-made wheels bundle FFmpeg's libraries, which are LGPL, together
  with parts such as **x264** and **x265**, which are GPL. Who passes on those wheels passes on GPL software and owes
  its source. Who must not can build PyAV against an FFmpeg of their own without these parts.
- **OpenCV** itself is Apache-2.0. Its ready-made wheels bundle FFmpeg's libraries under LGPL-2.1. Qalqan uses none of
  them, and an OpenCV that was built without them serves as well.

Wheels of other packages bundle libraries too, under permissive licences or with an exception for this use (NumPy:
OpenBLAS and GCC's runtime library; Pillow: codecs of pictures; psycopg-binary: PostgreSQL's client library and
OpenSSL). Each wheel holds their texts.

## All that is needed

Made by `scripts/licences.py` from the lock file `requirements/run.txt` and from what each package says of itself. Tools
for developers are not in this list, nor are programs of the system such as PostgreSQL.

| package | licence |
|---|---|
"""


def needed() -> dict[str, str]:
    """Return each package of the lock file that this platform needs, and its licence."""
    requirements = map(Requirement, _LOCKED.findall(LOCK.read_text("utf-8")))
    names = {one.name for one in requirements if one.marker is None or one.marker.evaluate()}
    return {name: licence(metadata(name)) for name in sorted(names)}


def licence(card: PackageMetadata) -> str:
    """Return what a package says of its licence: the expression, else the first line, else the classifiers."""
    said = _field(card, "License-Expression") or _field(card, "License").split("\n")[0]
    classifiers = [one for one in card.get_all("Classifier") or [] if one.startswith("License ::")]
    return said or ", ".join(one.rpartition(" :: ")[2] for one in classifiers) or "unknown"


def _field(card: PackageMetadata, name: str) -> str:
    return card[name].strip() if name in card else ""


def page() -> str:
    """Return docs/licences.md."""
    return HEAD + "".join(f"| {name} | {said} |\n" for name, said in needed().items())


def main() -> None:
    """Write the page, or compare it."""
    if "--check" not in sys.argv:
        PAGE.write_text(page(), "utf-8")
    elif not PAGE.exists() or PAGE.read_text("utf-8") != page():
        sys.exit("Not current: docs/licences.md. Write it anew: .venv/bin/python scripts/licences.py")


if __name__ == "__main__":
    main()
