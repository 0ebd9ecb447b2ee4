"""The pages of the documentation, taken apart for the tests that hold them to the program."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = (*(ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")),
         *sorted(DOCS.glob("*.md")))  # fmt: skip
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"(?<!`)`([^`]+)`(?!`)")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of code."""

    language: str
    text: str


def blocks(page: Path | str, language: str | None = None) -> list[Block]:
    """Return a page's (or a text's) blocks of code, in order; with `language`, only those in it."""
    text = page if isinstance(page, str) else page.read_text("utf-8")
    found = [Block(*match.groups()) for match in _BLOCK.finditer(text)]
    return [one for one in found if language in (None, one.language)]


def prose(page: Path) -> str:
    """Return a page without its blocks of code."""
    return _BLOCK.sub("", page.read_text("utf-8"))


def spans(page: Path) -> list[str]:
    """Return the pieces of code within a page's sentences, each on one line."""
    return [" ".join(match[1].split()) for match in _SPAN.finditer(prose(page))]


def section(page: Path, heading: str) -> str:
    """Return what stands under a heading of the second level, up to the next one."""
    return page.read_text("utf-8").split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


def commands(text: str) -> Iterator[list[str]]:
    """Yield the words of each `qalqan` or `make` command in the shell blocks of a text."""
    for block in blocks(text, "sh"):
        for line in block.text.splitlines():
            words = shlex.split(line, comments=True)
            if words and words[0] in ("qalqan", "make"):
                yield words


def tracked() -> list[Path]:
    """Return all files that belong to the project."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [path for path in (ROOT / name for name in listed.split("\0") if name) if path.is_file()]
