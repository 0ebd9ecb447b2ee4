"""The cascade as people see it: each stage's cost, what it decides, where it runs, and how often it is wrong."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from qalqan.errors import BadValue
from qalqan.flow.services import Services
from qalqan.match.contract import Stage
from qalqan.model.banks import Bank, BankRules
from qalqan.model.calibrations import Calibration
from qalqan.store import audit, banks, calibrations


@dataclass(frozen=True, slots=True)
class StageRow:
    """One stage for one bank."""

    stage: Stage
    runs: bool
    measured: Calibration | None


def stages(services: Services) -> list[Stage]:
    """Return every stage there is, the cheapest first."""
    return sorted((stage for each in services.matchers for stage in each.stages), key=lambda one: one.cost)


def cascade(services: Services, tx: sa.Connection, bank: Bank) -> list[StageRow]:
    """Return the stages, from cheap to dear, as they stand for one bank."""
    measured = calibrations.newest(tx, bank.id)
    return [StageRow(one, bank.rules.runs(one.name), measured.get(one.name)) for one in stages(services)]


def changed_rules(services: Services, rules: BankRules, wanted: dict[str, Any]) -> BankRules:
    """Return rules with those of `wanted` that are not None. Raises BadValue for a stage that there is not."""
    known = {one.name for one in stages(services)}
    unknown = sorted(set(wanted.get("stages") or ()) - known)
    if unknown:
        raise BadValue(f"There is no stage {unknown[0]!r}.", hint=f"There are: {', '.join(sorted(known))}.")
    return replace(rules, **{name: value for name, value in wanted.items() if value is not None})


def set_rules(services: Services, bank: Bank, rules: BankRules, by: str) -> Bank:
    """Set how a bank is compared; everything stored is compared with it anew. Keeps who did so in the audit log."""
    with services.store.writing() as tx:
        before = banks.by_name(tx, bank.name).rules  # another person may have changed them meanwhile
        if rules != before:
            banks.set_rules(tx, bank.id, rules)
            audit.append(tx, by, "bank.rules.changed", bank.name, **_changes(before, rules))
    return replace(bank, rules=rules)


def _changes(old: BankRules, new: BankRules) -> dict[str, Any]:
    names = ("radius", "quality", "stages", "negative", "flood")
    return {one: getattr(new, one) for one in names if getattr(old, one) != getattr(new, one)}
