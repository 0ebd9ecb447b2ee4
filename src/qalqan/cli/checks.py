"""What `qalqan doctor` looks at: one small function each."""

from __future__ import annotations

import importlib
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from qalqan.errors import QalqanError

GIB = 1 << 30
LITTLE_SPACE = GIB


@dataclass(frozen=True, slots=True)
class Check:
    """One part of this machine."""

    part: str
    state: str
    """`ok`, `missing` (somebody may need it) or `broken` (nothing works so)."""
    found: str
    brings: str = ""
    """The command or the step that mends it."""


def all_checks() -> list[Check]:
    """Look at everything, and let no look stop the others."""
    return [_safely(look) for look in _LOOKS]


def _safely(look: Callable[[], Check]) -> Check:
    try:
        return look()
    except QalqanError as error:
        return Check(look.__name__.strip("_"), "broken", error.message, error.hint)
    except Exception as error:  # noqa: BLE001 - a doctor that falls ill helps nobody: it says what it saw
        return Check(look.__name__.strip("_"), "broken", f"{type(error).__name__}: {error}")


def _python() -> Check:
    return Check("Python", "ok", sys.version.split()[0])


def _libraries() -> Check:
    wanted = (
        "av",
        "PIL",
        "cv2",
        "numba",
        "numpy",
        "ahocorasick_rs",
        "dbos",
        "fastapi",
        "ijson",
        "selectolax",
        "warcio",
    )
    lost = []
    for name in wanted:
        try:
            importlib.import_module(name)
        except ImportError as error:
            lost.append(f"{name} ({error})")
    if lost:
        return Check(
            "libraries", "broken", f"cannot be loaded: {', '.join(lost)}", "pip install --force-reinstall qalqan"
        )
    return Check("libraries", "ok", f"{len(wanted)} load")


def _policy() -> Check:
    from qalqan.app import policy_in_force
    from qalqan.assess.examples import failing

    policy = policy_in_force()
    wrong = failing(policy)
    if wrong:
        return Check("policy", "broken", "; ".join(wrong), "qalqan policy check FILE")
    from qalqan.flow.trying import failing_texts

    wrong = [f"“{example.title}” comes to {came}" for example, came in failing_texts(policy)]
    if wrong:
        return Check("policy", "broken", "; ".join(wrong), "qalqan policy test")
    return Check("policy", "ok", f"{policy.label}, holds to its {len(policy.examples)} examples")


def _store() -> Check:
    from qalqan.app import opened
    from qalqan.store import items

    with opened() as services:
        with services.store.reading() as tx:
            totals = items.totals(tx)
        where = services.store.engine.url.render_as_string(hide_password=True)
    return Check("store", "ok", f"{where}: {totals['items']:,} items, {totals['matches']:,} matches")


def _blobs() -> Check:
    from qalqan.app import opened
    from qalqan.store.items import kept_media

    with opened() as services, services.store.reading() as tx:
        lost = sum(1 for sha256 in kept_media(tx) if not services.store.blobs.has(sha256))
    if lost:
        return Check(
            "blobs", "broken", f"{lost:,} files that the records name are gone", "Bring them back from a copy."
        )
    return Check("blobs", "ok", "every file that the records name is there")


def _jobs() -> Check:
    from qalqan.app import opened
    from qalqan.store import scans

    with opened() as services, services.store.reading() as tx:
        left, workers = scans.unfinished(tx), scans.workers_known(tx)
    if left and not workers:
        return Check("jobs", "missing", f"{len(left)} scans wait and nobody walks them", "qalqan worker")
    return Check("jobs", "ok", f"{len(left)} scans under way, {len(workers)} workers")


def _lexicons() -> Check:
    from qalqan.signals.lexicon import built_in

    lexicon = built_in()
    terms = sum(len(one.terms) for one in lexicon.entries)
    return Check("lexicons", "ok", f"{terms:,} terms in {len({one.language for one in lexicon.entries}) - 1} languages")


def _words_in_pictures() -> Check:
    from qalqan.signals.picture_text.engines import missing, reads_fine, reads_text

    if not reads_text():
        return Check("words in pictures", "missing", "Tesseract is not there", "apt-get install tesseract-ocr")
    lacking = missing()
    if lacking:
        packages = " ".join(f"tesseract-ocr-{one.replace('_', '-')}" for one in lacking)
        return Check("words in pictures", "missing", f"no {', '.join(lacking)}", f"apt-get install {packages}")
    fine = "with RapidOCR for addresses" if reads_fine() else "addresses are surer with: pip install qalqan[ocr]"
    return Check("words in pictures", "ok", f"Tesseract reads all wanted languages; {fine}")


def _unread() -> Check:
    from qalqan.app import opened
    from qalqan.flow.later import waiting

    with opened() as services, services.store.reading() as tx:
        files = waiting(services, tx).files
    told = f"{files:,} files are still to be read for words in them"
    return Check("background reading", "ok", told, "qalqan read, or a running worker or console" if files else "")


def _decoder() -> Check:
    from qalqan.isolate import Isolate
    from qalqan.model.limits import Limits

    isolate = Isolate(Limits(), 1)
    try:
        isolate.call("qalqan.isolate.child:ready")
    finally:
        isolate.close()
    return Check("decoding child process", "ok", "starts and answers")


def _space() -> Check:
    from qalqan.settings import read_settings

    home = read_settings().home
    place = next(one for one in (home, *home.parents) if one.exists())
    free = shutil.disk_usage(place).free
    state = "ok" if free > LITTLE_SPACE else "broken"
    return Check("disk space", state, f"{free / GIB:.1f} GiB free at {place}", "" if state == "ok" else "Free some.")


def _program(part: str, names: tuple[str, ...], needed_for: str, package: str) -> Callable[[], Check]:
    def look() -> Check:
        for name in names:
            found = shutil.which(name) or next(
                map(str, sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))), None
            )
            if found:
                return Check(part, "ok", found)
        return Check(part, "missing", f"needed only for {needed_for}", f"apt-get install {package}")

    return look


_PROGRAMS = (
    _program("PostgreSQL server", ("initdb",), "tests, or a team's store on this machine", "postgresql"),
    _program("Chromium", ("chromium",), "browser tests", "chromium"),
)
_LOOKS = (
    *(_python, _libraries, _policy, _lexicons, _store, _blobs, _jobs, _decoder, _words_in_pictures, _unread, _space),
    *_PROGRAMS,
)
