"""Walks the demonstration's material through Qalqan, as a user would, and judges what came out."""

from __future__ import annotations

import csv
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from qalqan.demo.material import Material
from qalqan.demo.truth import Seen, Verdict, judge, read_truth
from qalqan.errors import NotFound
from qalqan.flow.handing import HandedIn, hand_in
from qalqan.flow.known import Voucher, add_paths, add_values, new_bank
from qalqan.flow.services import Services
from qalqan.model.sources import Scan
from qalqan.store import audit, banks, findings, items, people
from qalqan.store.findings import MatchFilter

WHO = "demo"
BANK = "Blue Heron Front (invented)"
BASIS = "Invented material, drawn for this demonstration."


@dataclass(frozen=True, slots=True)
class Login:
    """A way into the console."""

    name: str
    password: str


def give_login(services: Services) -> Login:
    """Make the demonstration's login, or give it a new password."""
    password = secrets.token_urlsafe(9)
    with services.store.writing() as tx:
        if any(one.name == WHO for one in people.every(tx)):
            people.set_password(tx, WHO, password)
        else:
            people.add(tx, WHO, password)
        audit.append(tx, WHO, "person.password", WHO)
    return Login(WHO, password)


def fill_bank(services: Services, material: Material) -> Iterator[str]:
    """Add the known things to a bank of their own; yield the label of each as it is added."""
    try:
        with services.store.reading() as tx:
            bank = banks.by_name(tx, BANK)
    except NotFound:
        bank = new_bank(
            services, BANK, "terrorist-content", WHO, "Known things of an invented group, for the demonstration."
        )
    for row in _listed(material.known / "bank.csv"):
        voucher = Voucher(WHO, row["provenance"])
        if row["kind"] == "link":
            add_values(services, bank, [("link", row["label"], row["label"])], voucher)
        else:
            for _ in add_paths(services, bank, [material.known / row["label"]], voucher):
                pass
        yield row["label"]


def _listed(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def hand_in_material(services: Services, material: Material) -> list[Scan]:
    """Hand in the chat export and the loose files, as a user would."""
    handed = HandedIn(WHO, BASIS)
    return [hand_in(services, path, handed) for path in (material.export, material.loose)]


def verdict(services: Services, material: Material) -> Verdict:
    """Judge the store's matches against the truth."""
    with services.store.reading() as tx:
        found = list(findings.list_matches(tx, MatchFilter()))
        carried = items.attachments_of(tx, [one.match.item_id for one in found])
    seen = [
        Seen(one.origin, tuple(each.name for each in carried.get(one.match.item_id, ())), one.entry.label)
        for one in found
    ]
    return judge(read_truth(material.truth), seen)
