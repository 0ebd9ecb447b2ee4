"""How errors end the command: the right exit code, in plain words, on stderr, for people and for programs."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from qalqan import errors
from qalqan.cli import init
from qalqan.settings import Settings
from support.command import QALQAN, environment
from support.saying import Say

CODES = {
    "QalqanError": 1, "UsageError": 2, "BadValue": 2, "AlreadyThere": 2, "NotFound": 3, "NotAllowed": 4,
    "InputRefused": 5, "LimitReached": 5, "StoreError": 6, "StoreNotReady": 6, "AuditBroken": 7, "NotInstalled": 8,
    "SecondFactorNeeded": 4, "ProviderFailed": 6, "TooOften": 4,
}  # fmt: skip
HOSTILE = "a\x1b[2Jb\x9b31mc\u202ed\u2066e\nf\rg\x07h\x7fi\ud800"
"""What would clear a screen, colour it, turn the direction of writing, or forge a line of its own."""
STEERS = set("\x1b\x9b\u202e\u2066\r\x07\x7f\ud800")


def every_error(kind: type[errors.QalqanError] = errors.QalqanError) -> set[type[errors.QalqanError]]:
    """Return an error and all that are of its kind."""
    return {kind}.union(*(every_error(each) for each in kind.__subclasses__()))


@pytest.mark.parametrize("name", CODES)
def test_each_error_has_its_exit_code_and_its_form(say: Say, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """An error ends the command with its code; message and hint go to stderr, as words or as one JSON object."""
    assert {one.__name__ for one in every_error()} == set(CODES)
    kind: type[errors.QalqanError] = getattr(errors, name)

    def fail() -> None:
        raise kind("It went wrong.", hint="Do this next.")

    monkeypatch.setattr(init.command, "callback", lambda **_words: fail())
    for_people = say("init", code=CODES[name])
    for_programs = say("init", "--json", code=CODES[name])
    assert (for_people.out, for_programs.out) == ("", "")
    assert for_people.err == "Error: It went wrong.\n  Do this next.\n"
    assert for_programs.error == {"error": kind("").code, "message": "It went wrong.", "hint": "Do this next."}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("scan /nowhere/at/all", 3),
        ("show 0197a000-0000-7000-8000-000000000000", 3),
        ("show nonsense", 3),
        ("cancel nonsense", 3),
        ("bank show nobodys", 3),
        ("bank add nobodys /etc/hostname", 3),
        ("bank retire nonsense --reason why", 3),
        ("bank export nobodys", 3),
        ("matches --item nonsense", 3),
        ("person password nobody", 3),
        ("bank create one --category sports", 2),
        ("bank create two", 2),
        ("bank add two", 2),
        ("bank add two --value x", 2),
        ("bank add two /etc/hostname --kind link --value x", 2),
        ("bank import two /nowhere", 2),
        ("policy check /nowhere", 2),
        ("scan", 2),
        ("items --limit 0", 2),
        ("items --limit 999999999999999999999999999", 2),
        ("items --band terrible", 2),
        ("sing", 2),
        ("bank sing", 2),
        ("", 2),
    ],
)
def test_what_makes_no_sense_is_said_on_stderr(ready: Say, words: str, code: int) -> None:
    """Nothing is written to stdout, and no traceback anywhere."""
    if words == "bank create two":
        ready(*words.split())
    if words.startswith(("bank add two", "bank import two")):
        ready("bank", "create", "two")
    said = ready(*words.split(), code=code)
    assert said.out == ""
    assert said.err
    assert "Traceback" not in said.err


def test_words_that_make_no_sense_are_json_for_programs(ready: Say) -> None:
    """Usage errors of the command line itself have the form of all others."""
    said = ready("items", "--band", "terrible", "--json", code=2)
    assert said.error["error"] == "usage-error"
    assert "terrible" in said.error["message"]


@pytest.mark.parametrize("words", ["items", "scan .", "bank list", "again", "audit verify", "worker", "person list"])
def test_without_a_store_every_verb_says_how_to_make_one(say: Say, words: str) -> None:
    """The hint is the command that mends it."""
    said = say(*words.split(), code=6)
    assert said.err.endswith("Make one with: qalqan init\n")


def test_a_store_that_is_none_is_said_to_be_broken(say: Say, home: Path) -> None:
    """A file of other bytes in the database's place ends no verb with a traceback; the doctor's exit code is 1."""
    (home / "qalqan.db").write_text("no database at all " * 100)
    assert "file is not a database" in say("items", code=6).err
    checks = {one["part"]: one for one in say("doctor", "--json", code=1).lines}
    assert checks["store"]["state"] == "broken"
    assert checks["store"]["brings"]
    assert checks["Python"]["state"] == "ok"


def test_a_doctor_finds_nothing_wrong_with_a_new_store(ready: Say) -> None:
    """All parts that anything rests on are well; the table says the same as the JSON."""
    states = {one["part"]: one["state"] for one in ready("doctor", "--json").lines}
    assert "broken" not in states.values()
    told = ready("doctor").out
    assert all(part in told for part in states)


def test_a_doctor_misses_lost_files(filled: Say, home: Path) -> None:
    """Bytes that a record names and nobody has are counted."""
    blob = next(one for one in (home / "blobs").rglob("*") if one.is_file())
    lost = [one for one in (home / "blobs").rglob("*") if one.is_file()]
    for one in lost:
        one.unlink()
    assert blob in lost
    checks = {one["part"]: one for one in filled("doctor", "--json", code=1).lines}
    assert checks["blobs"]["state"] == "broken"


@pytest.mark.parametrize(
    ("variable", "value"),
    [("QALQAN_PORT", "many"), ("QALQAN_WORKERS", "0"), ("QALQAN_DECODE_SECONDS", "-1"), ("QALQAN_POLICY", "/nowhere")],
)
def test_a_wrong_setting_is_named(ready: Say, monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    """The message says which variable is wrong, or which file, and never shows a traceback."""
    monkeypatch.setenv(variable, value)
    said = ready("items", code=2)
    assert (variable in said.err) or (value in said.err)


def test_a_password_in_the_databases_url_is_never_shown(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the settings nor an error about the database repeat it."""
    monkeypatch.setenv("QALQAN_DATABASE_URL", "postgresql://aziz:s3cret@127.0.0.1:1/none")
    shown = say("settings", "--json").out + say("settings").out
    told = say("items", "--json", code=6).err + say("doctor", code=1).out
    assert "aziz" in shown
    assert "s3cret" not in shown + told


def test_an_odd_url_is_refused_without_repeating_it(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another database than ours, and what is no URL, are refused alike."""
    for url in ("mysql://aziz:s3cret@host/db", "no url at all s3cret", "postgresql://aziz:s3cret@host:port/db"):
        monkeypatch.setenv("QALQAN_DATABASE_URL", url)
        assert "s3cret" not in say("items", code=2).err


def test_init_may_run_again(say: Say) -> None:
    """The second time there is a login already, so no password is made."""
    first, second = say("init", "--json").json, say("init", "--json").json
    assert len(first["password"]) >= 12
    assert second["password"] is None
    assert [one["name"] for one in say("person", "list", "--json").lines] == ["admin"]


def test_people_are_added_once_and_get_new_passwords(ready: Say) -> None:
    """A password is shown this once; a name is there once."""
    first = ready("person", "add", "aziz").out
    again = ready("person", "password", "aziz").out
    assert first.split("password: ")[1] != again.split("password: ")[1]
    assert ready("person", "add", "aziz", code=2).err
    verbs = [one["verb"] for one in ready("audit", "list", "--json").lines]
    assert verbs == ["person.password", "person.added"]


def test_the_audit_log_tells_when_it_was_touched(filled: Say, home: Path) -> None:
    """A changed event, a removed one and a cut-off end are found; the exit code is 7."""
    import sqlite3

    head = filled("audit", "verify", "--json").json["head"]
    with sqlite3.connect(home / "qalqan.db") as database:
        for (trigger,) in database.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            if "audit" in trigger:
                database.execute(f"drop trigger {trigger}")
        database.execute("update audit set by = 'somebody else' where seq = 2")
    database.close()
    assert "Event 2 was changed" in filled("audit", "verify", code=7).err
    with sqlite3.connect(home / "qalqan.db") as database:
        database.execute("delete from audit where seq >= 2")
    database.close()
    assert filled("audit", "verify", "--json").json["events"] == 1
    assert filled("audit", "verify", "--head", head, "--json", code=7).error["error"] == "audit-broken"


def test_hostile_words_never_steer_a_terminal(ready: Say, tmp_path: Path) -> None:
    """Escape sequences, marks that turn writing and forged lines are made visible wherever text is shown."""
    entries = tmp_path / "list.ndjson"
    entries.write_text(json.dumps({"kind": "link", "value": "https://a.example/", "label": HOSTILE}) + "\n", "utf-8")
    ready("bank", "create", "odd")
    shown = [
        ready("bank", "import", "odd", entries),
        ready("bank", "show", "odd"),
        ready("bank", "show", "odd", "--json"),
    ]
    entries.write_text(json.dumps({"kind": HOSTILE, "value": HOSTILE}) + "\n", "utf-8")
    shown += [ready("bank", "import", "odd", entries), ready("bank", "import", "odd", entries, "--json")]
    entry = json.loads(shown[2].out)["id"]
    shown += [ready("bank", "retire", entry, "--reason", "\x1b[31m\u202ewhy"), ready("audit", "list")]
    shown += [
        ready("audit", "list", "--json"),
        ready("show", "\x1b[2J\x9b", code=3),
        ready("bank", "show", "\x1b", code=3),
    ]
    for said in shown:
        assert not STEERS & set(said.out + said.err)
    assert json.loads(shown[2].out)["label"].startswith("a\x1b[2Jb\x9b31mc\u202ed\u2066e\nf\rg\x07h\x7fi")


def test_a_reader_that_has_seen_enough_ends_the_list(scanned_settings: Settings) -> None:
    """`qalqan items --json | head -1` ends without a word."""
    first = subprocess.Popen(
        [*QALQAN, "items", "--json", "--limit", "1000"],
        env=environment(scanned_settings), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert first.stdout is not None
    assert first.stderr is not None
    first.stdout.close()
    told = first.stderr.read()
    first.stderr.close()
    assert (first.wait(60), told) == (0, b"")
