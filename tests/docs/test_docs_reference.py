"""Pages made from the program are current, and everything that a user can set, meet or weigh is described."""

from __future__ import annotations

import inspect
import json
import os
import re
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest

from qalqan import errors
from qalqan.assess.examples import failing
from qalqan.assess.policy import FACTS, read_policy
from qalqan.demo import edits, plan
from qalqan.errors import QalqanError
from qalqan.match import matchers
from qalqan.settings import Settings
from qalqan.sources import mapping, readers
from support.pages import DOCS, PAGES, ROOT, blocks, prose, section

ERRORS = [one for _, one in inspect.getmembers(errors, inspect.isclass) if issubclass(one, QalqanError)]
SETTINGS = [f"QALQAN_{name.upper()}" for name in Settings.model_fields]
OTHER_VARIABLES = {"QALQAN_PERSON", "QALQAN_NO_APT"}
"""Variables of the environment that are no settings of the store: who runs a command, and how setup behaves."""
POLICY = read_policy()
LGPL = {"psycopg", "psycopg-binary"}
"""The required packages under the LGPL, which README and docs/licences.md name."""


def rows(page: Path) -> dict[str, list[str]]:
    """Return the rows of a page's tables by the first cell, without its marks."""
    lines = [line.strip("|").split(" | ") for line in prose(page).splitlines() if line.startswith("| ")]
    return {cells[0].strip(" `"): [cell.strip() for cell in cells[1:]] for cells in lines}


@pytest.mark.parametrize("script", ["cli_docs", "licences"])
def test_a_page_made_from_the_program_is_current(script: str) -> None:
    """What the script would write is what stands there."""
    done = subprocess.run(
        [sys.executable, f"scripts/{script}.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_page_made_from_the_program_does_not_depend_on_the_machine() -> None:
    """Settings of whoever makes it are not in it."""
    done = subprocess.run(
        [sys.executable, "scripts/cli_docs.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "QALQAN_PORT": "9", "QALQAN_HOME": "elsewhere", "XDG_DATA_HOME": "elsewhere"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("setting", SETTINGS)
def test_every_setting_is_described(setting: str) -> None:
    """Its default and its meaning."""
    default, meaning = rows(DOCS / "settings.md")[setting]
    assert default
    assert meaning


def test_no_page_names_a_setting_that_is_none() -> None:
    """Every `QALQAN_…` variable on any page can really be set."""
    named = {name for page in PAGES for name in re.findall(r"QALQAN_[A-Z_]*[A-Z]", page.read_text("utf-8"))}
    assert named - set(SETTINGS) - OTHER_VARIABLES == set()


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_every_error_says_what_to_do(error: type[QalqanError]) -> None:
    """It has a section of its own, and its short name, exit code and HTTP status in the table."""
    page = DOCS / "troubleshooting.md"
    link = f"[{error.__name__}](#{error.__name__.lower()})"
    assert rows(page)[link] == [f"`{error('').code}`", str(error.exit_code), str(error.status)]
    assert len(section(page, error.__name__)) > 40


def test_every_feature_of_the_policy_is_described() -> None:
    """With its points and the kinds of matches that it stands for."""
    described = rows(DOCS / "policy.md")
    for name, feature in POLICY.features.items():
        kinds, points, _ = described[name]
        assert all(f"`{kind}`" in kinds for kind in feature.kinds)
        least = feature.points_at_limit
        assert points == (f"{feature.points} to {least}" if least is not None else str(feature.points))


def test_every_category_and_band_of_the_policy_is_described() -> None:
    """Bands with the score from which they begin."""
    described = rows(DOCS / "policy.md")
    assert set(POLICY.categories) <= set(described)
    assert {name: described[name][0] for name in ("known", "likely", "look")} == {
        name: str(least) for name, least in POLICY.bands.model_dump().items()
    }


def test_the_policy_to_copy_holds(tmp_path: Path) -> None:
    """The page's own policy can be read, comes to what its examples say, and all facts of reasons are named."""
    page = DOCS / "policy.md"
    path = tmp_path / "policy.yaml"
    path.write_text(blocks(page, "yaml")[0].text, "utf-8")
    assert failing(read_policy(path)) == []
    assert [fact for fact in FACTS if f"`{{{fact}}}`" not in prose(page)] == []


def test_every_key_of_a_mapping_is_described() -> None:
    """What a mapping can say is what the page says that it can."""
    cells = " ".join(rows_of_keys())
    assert set(re.findall(r"`(\w+)`", cells)) == set(mapping.FIELDS)


def rows_of_keys() -> list[str]:
    """Return the first cells of the table of keys."""
    text = (DOCS / "sources.md").read_text("utf-8").split("### What a mapping can say", 1)[1]
    lines = text.split("At least one", 1)[0].splitlines()
    return [line.split("|")[1] for line in lines if line.startswith("| `")]


def test_every_reader_and_matcher_is_described() -> None:
    """By its name."""
    described = rows(DOCS / "sources.md")
    assert {one.manifest.name for one in readers.built_in()} <= set(described)
    text = prose(DOCS / "matching.md")
    assert [one.manifest.name for one in matchers.built_in() if f"(`{one.manifest.name}`)" not in text] == []


def test_the_limits_are_those_of_the_program() -> None:
    """The figures of the page on sources are the defaults."""
    limits, described = Settings.model_construct().limits, rows(DOCS / "sources.md")
    assert described["text of one item; what is beyond is cut and counted"][0] == f"{limits.text_chars:,} characters"
    assert described["a picture"][0] == f"{limits.picture_pixels:,} pixels"
    assert described["files in one archive"][0] == f"{limits.archive_members:,}"
    assert described["archives within archives"][0] == str(limits.archive_depth)
    assert described["brackets within brackets in JSON"][0] == str(limits.json_depth)
    assert described["how much one member may swell"][0] == f"{limits.archive_ratio} times"
    assert described["one message, row or line"][0] == f"{limits.record_bytes >> 20} MiB"
    assert described["one decoding call"][0] == f"{limits.decode_seconds:g} seconds, {limits.decode_memory >> 30} GiB"
    assert described["a video"][0] == f"the first {limits.video_seconds / 3600:g} hours"
    assert described["what one input unpacks to, in all"][0] == f"{limits.archive_bytes >> 30} GiB"
    assert described["a file that is kept and decoded; larger ones are only hashed"][0] == (
        f"{limits.file_bytes >> 30} GiB"
    )


def test_every_planted_edit_is_told_honestly() -> None:
    """The list of edits says of each whether it is found today, as the demonstration expects."""
    described = rows(DOCS / "matching.md")
    expected = {edit: "hard" if edit in edits.HARD else "found" for _, edit in plan.PICTURES}
    expected |= {one.edit: one.expected for one in (*plan.texts(), *plan.links())}
    assert {edit: described[edit][1] for edit in expected} == expected


def test_nothing_required_forbids_to_pass_qalqan_on() -> None:
    """No required package is under the GPL or AGPL, and those under the LGPL are the ones that are named."""
    licences = {name: " ".join(said) for name, said in rows(DOCS / "licences.md").items()}
    assert licences["sqlalchemy"] == "MIT"
    assert "unknown" not in licences.values()
    lgpl = {name for name, said in licences.items() if "LGPL" in said or "Lesser" in said}
    assert lgpl == LGPL
    assert not {name for name, said in licences.items() if re.search(r"\bA?GPL|General Public|SSPL|BUSL", said)} - lgpl


def test_the_readme_names_what_is_not_permissive() -> None:
    """And the page on licences names the parts that the installed wheel of PyAV bundles."""
    for page in (ROOT / "README.md", DOCS / "licences.md"):
        assert {"psycopg", "PyAV", "x264", "LGPL", "GPL"} <= set(re.findall(r"\w+", page.read_text("utf-8")))
    bundled = {Path(str(file)).name for file in distribution("av").files or () if ".libs" in str(file)}
    copyleft = [name for name in ("x264", "x265") if any(file.startswith(f"lib{name}") for file in bundled)]
    assert [name for name in copyleft if name not in (DOCS / "licences.md").read_text("utf-8")] == []


def test_the_examples_of_lists_are_what_they_seem() -> None:
    """Each line of a JSON block on the page on banks is an object with a kind and a value."""
    lines = [line for block in blocks(DOCS / "banks.md", "json") for line in block.text.splitlines()]
    assert lines
    assert all({"kind", "value"} <= set(json.loads(line)) for line in lines)
