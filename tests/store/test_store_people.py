"""Logins: people and their sessions."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa

from qalqan.errors import AlreadyThere, NotAllowed, NotFound
from qalqan.model.people import Person
from qalqan.model.roles import Role
from qalqan.store import Store, people
from qalqan.store.tables import people as people_table
from qalqan.store.tables import sessions
from support.made import NOON

PASSWORD = "a long walk along the river"


@pytest.fixture
def aziz(store: Store) -> Person:
    """Add somebody."""
    with store.writing() as tx:
        return people.add(tx, "Aziz", PASSWORD, Role.REVIEWER)


def test_a_password_opens_the_door(store: Store, aziz: Person) -> None:
    """The right name and password give the person."""
    with store.reading() as tx:
        assert people.check_password(tx, "Aziz", PASSWORD) == aziz


@pytest.mark.usefixtures("aziz")
@pytest.mark.parametrize(
    ("name", "password"),
    [("Aziz", ""), ("Aziz", PASSWORD.upper()), ("aziz", PASSWORD), ("", ""), ("Nobody", PASSWORD), ("Aziz", "\ud800"),
     ("Aziz", "\0"), ("' OR 1=1 --", PASSWORD), ("Aziz", PASSWORD + "\0"), ("Aziz", "x" * 100_000)],
)  # fmt: skip
def test_nothing_else_does(store: Store, name: str, password: str) -> None:
    """A wrong name and a wrong password are answered with the same words."""
    with store.reading() as tx, pytest.raises(NotAllowed, match="do not belong together"):
        people.check_password(tx, name, password)


def test_neither_passwords_nor_tokens_are_kept(store: Store, aziz: Person) -> None:
    """The store holds an argon2id hash and a SHA-256; two people with one password have different hashes."""
    with store.writing() as tx:
        token, session = people.open_session(tx, aziz, 1)
        other = people.add(tx, "Dilnoza", PASSWORD)
        rows = str([tx.execute(sa.select(table)).all() for table in (people_table, sessions)])
    assert PASSWORD not in rows
    assert token not in rows
    assert aziz.password_hash.startswith("$argon2id$")
    assert aziz.password_hash != other.password_hash
    assert len(session.token_sha256) == 64


def test_names_are_unique_and_listed_in_order(store: Store, aziz: Person) -> None:
    """A second person of the same name is refused."""
    with store.writing() as tx:
        first = people.add(tx, "Aaron", PASSWORD)
        assert first.role == "admin"
        with pytest.raises(AlreadyThere, match="'Aziz'"):
            people.add(tx, "Aziz", "another")
        assert people.every(tx) == [first, aziz]


def test_a_session_is_opened_and_ended(store: Store, aziz: Person) -> None:
    """Its token opens it until it is ended; no other token does."""
    with store.writing() as tx:
        token, session = people.open_session(tx, aziz, 1)
    with store.writing() as tx:
        assert people.session_of(tx, token) == (session, aziz)
        assert people.session_of(tx, session.token_sha256) is None
        assert people.session_of(tx, "") is None
        people.end_session(tx, token)
        assert people.session_of(tx, token) is None


def test_a_session_expires(store: Store, aziz: Person) -> None:
    """After its hours its token opens nothing, and the next login clears it away."""
    with store.writing() as tx:
        token, session = people.open_session(tx, aziz, 1)
        assert (session.expires_at - session.created_at).total_seconds() == 3600
        tx.execute(sessions.update().values(expires_at=NOON))
        assert people.session_of(tx, token) is None
        people.open_session(tx, aziz, 1)
        assert tx.execute(sa.select(sa.func.count()).select_from(sessions)).scalar() == 1


def test_a_new_password_ends_all_sessions(store: Store, aziz: Person) -> None:
    """Whoever had the old one is out; others stay in."""
    with store.writing() as tx:
        dilnoza = people.add(tx, "Dilnoza", PASSWORD)
        tokens = [people.open_session(tx, one, 1)[0] for one in (aziz, aziz, dilnoza)]
        people.set_password(tx, "Aziz", "another")
        opened = [people.session_of(tx, token) for token in tokens]
        assert [one is not None for one in opened] == [False, False, True]
        assert people.check_password(tx, "Aziz", "another").id == aziz.id
        with pytest.raises(NotAllowed):
            people.check_password(tx, "Aziz", PASSWORD)
        with pytest.raises(NotFound, match="'Nobody'"):
            people.set_password(tx, "Nobody", "x")


def test_a_new_role_or_being_switched_off_ends_sessions(store: Store, aziz: Person) -> None:
    """What a login could do no longer holds for it; who is off has no login, and may come back."""
    with store.writing() as tx:
        token, _ = people.open_session(tx, aziz, 1)
        assert people.set_role(tx, "Aziz", Role.LEAD).role is Role.LEAD
        assert people.session_of(tx, token) is None
        token, _ = people.open_session(tx, aziz, 1)
        off = people.switch(tx, "Aziz", on=False)
        assert off.off_at is not None
        assert people.switch(tx, "Aziz", on=False) == off
        assert people.session_of(tx, token) is None
        with pytest.raises(NotAllowed, match="do not belong together"):
            people.check_password(tx, "Aziz", PASSWORD)
        people.switch(tx, "Aziz", on=True)
        assert people.check_password(tx, "Aziz", PASSWORD).role is Role.LEAD


def test_a_login_that_owes_its_second_factor_is_none_yet(store: Store, aziz: Person) -> None:
    """Its token opens the second step alone, and a token that has passed does not open that."""
    with store.writing() as tx:
        owing, session = people.open_session(tx, aziz, 1, passed=False)
        passed, _ = people.open_session(tx, aziz, 1)
        assert people.session_of(tx, owing) is None
        assert people.session_of(tx, owing, passed=False) == (session, aziz)
        assert people.session_of(tx, passed, passed=False) is None


def test_two_admins_cannot_remove_each_other_at_once(store: Store) -> None:
    """One of them stays, whatever they do at the same moment."""
    with store.writing() as tx:
        for name in ("Ayna", "Botir"):
            people.add(tx, name, PASSWORD, Role.ADMIN)
    both = Barrier(2)

    def remove(name: str) -> bool:
        both.wait()
        try:
            with store.writing() as tx:
                people.set_role(tx, name, Role.VIEWER)
        except NotAllowed:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(remove, ("Ayna", "Botir"))) == [False, True]
    with store.reading() as tx:
        assert sorted(one.role for one in people.every(tx)) == ["admin", "viewer"]
