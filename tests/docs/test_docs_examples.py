"""The complete examples on the pages about sources and plugins do what the pages say."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from qalqan.settings import Settings
from support.command import QALQAN, environment
from support.pages import DOCS, ROOT, Block, blocks, section
from support.small import jpeg, picture

PLUGINS = DOCS / "plugins.md"


@pytest.fixture
def settings(home: Path) -> Settings:
    """Return settings of a store that is not there yet."""
    return Settings(home=home)


def run(settings: Settings, folder: Path, *words: str, **more: str) -> str:
    """Run `qalqan` in a folder and return what it wrote."""
    done = subprocess.run(
        [*QALQAN, *words], cwd=folder, env=environment(settings, **more), capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def run_lines(settings: Settings, folder: Path, *words: str, **more: str) -> list[Any]:
    """Run `qalqan` with --json and return the objects that it wrote."""
    return [json.loads(line) for line in run(settings, folder, *words, "--json", **more).splitlines()]


def test_the_mapping_reads_the_table_as_the_page_says(settings: Settings, tmp_path: Path) -> None:
    """The first row becomes the item that is shown, with the picture beside the table; the second has no picture."""
    text = (DOCS / "sources.md").read_text("utf-8").split("### A mapping, in full", 1)[1]
    table, rules, told = (blocks(text, language)[0].text for language in ("csv", "yaml", "json"))
    folder = tmp_path / "table"
    folder.mkdir()
    (folder / "posts.csv").write_text(table, "utf-8")
    (folder / "mapping.yaml").write_text(rules, "utf-8")
    (folder / "boat.jpg").write_bytes(jpeg(picture(1)))
    run(settings, folder, "init", "--no-warm")
    run(settings, folder, "scan", "posts.csv", "--mapping", "mapping.yaml")
    found = {item["author"]: item for item in run_lines(settings, folder, "items")}
    shown = json.loads(told)
    first = {**found["Ayna"], "links": [link["url"] for link in found["Ayna"]["links"]]}
    assert {key: first[key] for key in shown} == shown
    shown_files = run_lines(settings, folder, "show", found["Ayna"]["id"])[0]["attachments"]
    assert [(file["name"], file["missing"]) for file in shown_files] == [("boat.jpg", None)]
    assert set(found) == {"Ayna", "Botir"}


def installed(folder: Path) -> Path:
    """Lay the page's package out as an installer would, and return the folder that a path must name."""
    files = dict(zip(re.findall(r"^`(qalqan_harbour/\w+\.py)`:$", PLUGINS.read_text("utf-8"), re.MULTILINE),
                     blocks(PLUGINS, "python"), strict=True))  # fmt: skip
    files["qalqan_harbour/__init__.py"] = Block("python", "")
    project = tomllib.loads(blocks(PLUGINS, "toml")[0].text)["project"]
    card = folder / "qalqan_harbour-1.dist-info"
    card.mkdir(parents=True)
    (folder / "qalqan_harbour").mkdir()
    for name, block in files.items():
        (folder / name).write_text(block.text, "utf-8")
    (card / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    points = [f"[{group}]\n" + "".join(f"{name} = {place}\n" for name, place in named.items())
              for group, named in project["entry-points"].items()]  # fmt: skip
    (card / "entry_points.txt").write_text("\n".join(points))
    return folder


@pytest.mark.slow
def test_the_plugins_hold_to_their_contracts(tmp_path: Path) -> None:
    """The contract kit finds all three once they are installed, and passes them."""
    path = installed(tmp_path / "site")
    tests = [sys.executable, "-m", "pytest", "tests/contract", "-k", "weechat or md5", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        tests, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(path)}, capture_output=True, text=True, timeout=240,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    ran = re.search(r"(\d+) passed", done.stdout)
    assert ran is not None
    assert int(ran[1]) > 20


@pytest.mark.slow
def test_the_plugins_work_in_a_scan(settings: Settings, tmp_path: Path) -> None:
    """A log is read into messages, a file is found by its MD5, and the page's feature gives it points."""
    more = {"PYTHONPATH": str(installed(tmp_path / "site")), "QALQAN_POLICY": str(tmp_path / "policy.yaml")}
    (tmp_path / "policy.yaml").write_text(with_feature(), "utf-8")
    folder = tmp_path / "handed-in"
    folder.mkdir()
    (folder / "lake.weechatlog").write_text("2026-05-03 10:00:00\tAyna\tThe heron is back.\n", "utf-8")
    (folder / "greeting.txt").write_bytes(b"hello")
    run(settings, tmp_path, "init", "--no-warm", **more)
    run(settings, tmp_path, "bank", "create", "partners", **more)
    for block in blocks(section(PLUGINS, "Use it"), "sh"):
        for line in block.text.splitlines():
            words = re.findall(r'"[^"]*"|\S+', line)[1:]
            run(settings, tmp_path, *(word.strip('"') for word in words), **more)
    assert [one["author"] for one in run_lines(settings, tmp_path, "items", "--kind", "message", **more)] == ["Ayna"]
    match = run_lines(settings, tmp_path, "matches", "--kind", "md5", **more)[0]
    reasons = run_lines(settings, tmp_path, "show", match["id"], **more)[0]["assessments"][0]["reasons"]
    assert [(one["feature"], one["points"]) for one in reasons] == [("old-list", 60)]


def with_feature() -> str:
    """Return the policy of the page on policies with the feature of the page on plugins."""
    policy, feature = blocks(DOCS / "policy.md", "yaml")[0].text, blocks(PLUGINS, "yaml")[0].text
    return policy.replace("features:\n", f"features:\n{feature}")
