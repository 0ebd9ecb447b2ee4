"""The policy in force: the one that somebody put in force last, else that of the settings."""

from __future__ import annotations

import threading
import time

import sqlalchemy as sa

from qalqan.assess.policy import Policy, policy_of
from qalqan.errors import BadValue
from qalqan.i18n import gettext as _
from qalqan.model.ids import Id
from qalqan.model.shadow import InForce
from qalqan.model.times import now
from qalqan.store import Store, audit, policies, shadow

TRUSTED_SECONDS = 1.0
"""So long the store is not asked again, except by who weighs: that is held to what is in force at that moment."""


class Policies:
    """Gives out the policy in force; read anew when another was put in force. Safe to share between threads."""

    def __init__(self, store: Store, of_settings: Policy) -> None:
        self._store = store
        self._of_settings = of_settings
        self._lock = threading.Lock()
        self._turn, self._policy = 0, of_settings
        self._asked = float("-inf")

    @property
    def of_settings(self) -> Policy:
        """The one of the settings: in force where nobody put another in force."""
        return self._of_settings

    def current(self) -> Policy:
        """Return it, as it was in force a second ago at most. Raises BadValue, where it cannot be read any more."""
        if time.monotonic() - self._asked < TRUSTED_SECONDS:
            return self._policy
        with self._store.reading() as tx:
            return self.within(tx)

    def within(self, tx: sa.Connection) -> Policy:
        """Return it as this transaction sees it. Raises BadValue, as `current`."""
        turn = policies.turn(tx)
        with self._lock:
            if turn < self._turn:  # this transaction began before the last one was put in force
                return self.of(policies.get(tx, turn)) if turn else self._of_settings
            if turn > self._turn:
                self._policy, self._turn = self.of(policies.get(tx, turn)), turn
            self._asked = time.monotonic()
            return self._policy

    def forget(self) -> None:
        """Ask the store the next time."""
        self._asked = float("-inf")

    def of(self, one: InForce) -> Policy:
        """Return a policy that was put in force. Raises BadValue where this version cannot read it any more."""
        if one.text is None:
            return self._of_settings
        try:
            return policy_of(one.text, one.label)
        except BadValue as wrong:
            raise BadValue(wrong.message, hint="Put an earlier one in force: qalqan policy back") from wrong


def put_in_force(tx: sa.Connection, by: str, label: str, text: str | None, verb: str, walk_id: Id | None) -> InForce:
    """Put a policy in force for all processes, from this transaction on."""
    made = policies.put(tx, InForce(0, label, text, by, now()))
    audit.append(tx, by, verb, label, turn=made.turn, **({"shadow": walk_id} if walk_id else {}))
    return made


def earlier(tx: sa.Connection, turn: int | None) -> InForce | None:
    """Return the policy of a turn, or the one in force before the present one; None: that of the settings.

    Raises NotFound, and BadValue where there is nothing to go back from.
    """
    last = policies.last(tx)
    if last is None:
        raise BadValue(_("Nothing was switched on: the policy of the settings is in force."))
    turn = last.turn - 1 if turn is None else turn
    if turn == last.turn:
        raise BadValue(_("That policy is in force already."))
    return policies.get(tx, turn) if turn else None


def go_back(store: Store, known: Policies, by: str, turn: int | None = None) -> InForce:
    """Put an earlier policy in force again: that of a turn (0: of the settings), by default the one before.

    What was in the shadow is taken out: it was compared with another.

    Raises NotFound, and BadValue where it is in force already or cannot be read any more.
    """
    with store.writing() as tx:
        one = earlier(tx, turn)
        if one is not None:
            known.of(one)  # one that cannot be read is not put in force
        label, text = (one.label, one.text) if one else (known.of_settings.label, None)
        if walk := shadow.running(tx, alone=True):
            shadow.end(tx, walk.id, by, switched_on=False)
            audit.append(tx, by, "policy.shadow-stopped", walk.id, policy=walk.label)
        made = put_in_force(tx, by, label, text, "policy.restored", None)
    known.forget()
    return made
