"""Fills a policy in the shadow over items that are there: as many differences as are kept, and items that wait.

from bench.million_shadow import fill_shadow
fill_shadow(store)
"""

from __future__ import annotations

from importlib import resources
from itertools import cycle

import sqlalchemy as sa

from qalqan.assess.policy import policy_of, read_policy, read_text
from qalqan.model.assessments import Band
from qalqan.model.ids import new_id
from qalqan.model.shadow import DIFFERENT, Compared, Side, Walk
from qalqan.model.times import now
from qalqan.store import Store, shadow
from qalqan.store.records import batched
from qalqan.store.tables import assessments

WAIT = 5_000
AT_ONCE = 5_000


def fill_shadow(store: Store) -> None:
    """Put a policy into the shadow that makes something else of all that was found, up to what is kept of it."""
    policy = read_policy()
    text = read_text(resources.files("qalqan.assess") / "policies" / "first.yaml").replace(
        "name: ", "name: another-", 1
    )
    walk = Walk(new_id(), policy_of(text, "the bench").label, policy.label, text, "bench", now(), 0)
    before, after = Side(Band.KNOWN, "terrorist-content", 95), Side(Band.LOOK, "incitement", 40)
    changes = cycle(DIFFERENT)
    with store.writing() as tx:
        shadow.begin(tx, walk)
        found = sa.select(assessments.c.item_id).where(assessments.c.leads).order_by(assessments.c.seq)
        ids = list(tx.execute(found.limit(shadow.MOST + WAIT)).scalars())
        waits = min(WAIT, len(ids) // 3)
        for some in batched(ids[waits:], AT_ONCE):
            shadow.hand_in(tx, some)
            marks = shadow.waiting(tx, walk.id, AT_ONCE)
            shadow.keep(tx, walk.id, [Compared(one, next(changes), before, after) for one in marks], marks)
        shadow.hand_in(tx, ids[:waits])
