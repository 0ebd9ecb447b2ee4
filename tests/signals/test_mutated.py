"""Files broken in every way through the real extractors: each is read or refused with a reason."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from bench.hostile import outcomes_of
from bench.mutants import WAYS, mutants, seeds

from qalqan.isolate.sniff import sniff
from qalqan.signals.contract import Desk

FILES = 160


@pytest.mark.slow
def test_broken_files_are_read_or_refused(desk: Desk, tmp_path: Path) -> None:
    """Every file has an outcome, nothing but a refusal is raised, and the next file can be read."""
    outcomes = list(outcomes_of(mutants(FILES, seed=3), tmp_path, desk))
    assert len({one.mutant for one in outcomes}) == FILES
    said = Counter(one.said for one in outcomes)
    assert said["read"] > 0
    assert said["refused"] > 0
    assert all(one.reason for one in outcomes if one.said in {"refused", "limit", "died"})
    assert desk.isolate.call("qalqan.isolate.child:ready") is True
    assert list(tmp_path.iterdir()) == []


def test_seeds_are_what_their_first_bytes_say() -> None:
    """Each seed is a valid file of the kind that it is handed in as."""
    for seed in seeds():
        assert sniff(seed.content[:4096], seed.name)[0] is seed.kind, seed.name


def test_mutants_differ_from_their_seeds_and_are_the_same_every_time() -> None:
    """Formats and ways take turns, and the same numbers give the same files."""
    whole = {seed.name: seed.content for seed in seeds() if seed.name.endswith((".jpg", ".png", ".wav"))}
    first = [one for one in mutants(3 * len(seeds()), seed=4) if one.name[6:] in whole]
    assert all(one.content != whole[one.name[6:]] for one in first)
    assert {one.way for one in first} == set(list(WAYS)[:3])
    again = [one for one in mutants(3 * len(seeds()), seed=4) if one.name[6:] in whole]
    assert [one.content for one in first] == [one.content for one in again]
