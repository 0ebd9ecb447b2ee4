"""Links and pictures lead somewhere, and the tree speaks of the project alone."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml

from support.needs import missing
from support.pages import DOCS, PAGES, ROOT, prose, tracked

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HOSTS = re.compile(
    r"pypi[.]or[g]|pythonhoste[d]|npmj[s][.]|deb[.]debia[n]|crates[.]i[o]|proxy[.]golan[g]", re.IGNORECASE
)
MACHINE = re.compile(r"(?<![\w.])/(?:wor[k]|roo[t]|User[s])/")
TEMPORARY = re.compile(r"(?<![\w.])/tm[p]/")


def anchors(page: Path) -> set[str]:
    """Return the names by which a page's headings are linked to."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_pictures_of_a_page_resolve(page: Path) -> None:
    """Each leads to a file of the project, and to a heading that is there."""
    for target in LINK.findall(prose(page)):
        if target.startswith(("https://", "http://", "mailto:")):
            continue
        place, _, heading = target.partition("#")
        path = (page.parent / place).resolve() if place else page
        assert path.is_file(), f"{page.name} leads to {target}"
        assert not heading or heading in anchors(path), f"{page.name} leads to {target}"


def test_every_page_is_in_the_navigation() -> None:
    """Nothing is written that no reader of the site comes to."""
    config = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))
    listed = set(re.findall(r"[\w-]+\.md", str(config["nav"])))
    assert listed == {page.name for page in DOCS.glob("*.md")}


@pytest.mark.parametrize("picture", sorted(DOCS.glob("images/*.svg")), ids=lambda path: path.name)
def test_a_drawing_can_be_read_by_everybody(picture: Path) -> None:
    """Its words are text, it has a title and a description, it knows the dark, and it loads nothing from elsewhere."""
    source = picture.read_text("utf-8")
    names = {one.tag.rpartition("}")[2] for one in ET.parse(picture).iter()}  # noqa: S314 - our own drawing
    assert {"title", "desc", "text"} <= names
    assert not names & {"image", "script", "foreignObject", "use"}
    assert "prefers-color-scheme: dark" in source
    assert "href" not in source


@pytest.mark.slow
def test_the_site_is_built_without_a_warning_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    """`make docs` works with no network, and so does what it makes."""
    if find_spec("mkdocs") is None:
        missing("mkdocs", "scripts/setup.sh lint")
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path / "site")]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    pages = list((tmp_path / "site").rglob("*.html"))
    assert len(pages) > len(list(DOCS.glob("*.md")))
    foreign = re.compile(
        r"<(?:script|img|iframe|source)\b[^>]*\bsrc=[\"'](?:https?:)?//|<link\b[^>]*\bhref=[\"'](?:https?:)?//"
    )
    assert [page.name for page in pages if foreign.search(page.read_text("utf-8"))] == []


def test_no_file_speaks_of_a_registry_or_of_a_machine() -> None:
    """No host name of a package registry and no path of somebody's machine is in any text of the tree."""
    wrong = []
    for path in tracked():
        text = _text(path)
        if HOSTS.search(text) or MACHINE.search(text):
            wrong.append(str(path.relative_to(ROOT)))
    assert wrong == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_speaks_of_a_temporary_folder(page: Path) -> None:
    """What a reader is told to type works on another machine, too."""
    assert TEMPORARY.search(page.read_text("utf-8")) is None


def _text(path: Path) -> str:
    """Return a file's text; nothing for what is none, and for what others wrote and we only carry."""
    if "vendor" in path.parts:
        return ""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return ""
