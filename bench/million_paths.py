"""Every address that the console and the API answer with something to read, as the measure of a million asks for it.

Lists are asked for at their first, middle and last pages, under each filter and pairs of them, by common and rare
words. A route that is in the table of rights and in none of these addresses is told by `forgotten`.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

import sqlalchemy as sa
from starlette.routing import compile_path

from qalqan.model.cases import AppealState, CaseState, Outcome
from qalqan.model.shadow import DIFFERENT
from qalqan.store import banks, tables
from qalqan.store.tables_cases import cases, decisions, undone
from qalqan.store.tables_quality import appeals
from qalqan.web.rights import OPEN, RIGHT_OF

BESIDE = frozenset({
    "/login/code", "/login/elsewhere", "/login/back",  # steps of a login, which answer with the next step
    "/me/factor/code.svg", "/media/{sha256}/clear/{blob}",  # need something sent first: `bench.million` does so
})  # fmt: skip
"""Routes that a plain request opens nothing of. Exports are left out, too: they are streams without an end in time."""


def every(tx: sa.Connection, number: int) -> list[str]:
    """Return all addresses to ask for in a store of so many items, each once."""
    asked = [*_lists(tx, number), *_single(tx), *_api(tx, number), *_desk(tx), *_of_cases(tx), *_desk_api(tx)]
    bare = [
        route for method, route in (*RIGHT_OF, *OPEN) if method == "GET" and not _is_beside(route) and "{" not in route
    ]
    return list(dict.fromkeys([*asked, *bare]))


def forgotten(paths: Iterable[str]) -> list[str]:
    """Return the routes that none of these addresses belongs to, but for what is no page."""
    plain = [path.partition("?")[0] for path in paths]
    routes = [route for method, route in (*RIGHT_OF, *OPEN) if method == "GET" and not _is_beside(route)]
    return [route for route in routes if not any(compile_path(route)[0].match(path) for path in plain)]


def _is_beside(route: str) -> bool:
    return route in BESIDE or route.endswith("/export")


def _lists(tx: sa.Connection, number: int) -> list[str]:
    source = tx.execute(sa.select(tables.sources.c.id).limit(1)).scalar_one()
    middle, last, problems = number // 100, number // 50, max(1, number // 25_000)
    common, rare = quote("рынок"), f"no{number // 2}"
    found = [
        "", "?page=2", "?page=150", f"?page={max(1, number // 3000)}", "?band=known",
        "?band=look&page=50", "?band=nothing", "?band=nothing&page=300", "?band=context", "?sort=newest",
        "?sort=newest&page=150", "?category=terrorist-content", "?bank=blue-heron", "?kind=pdq", f"?source={source}",
        f"?q={common}", "?q=market*", f"?q={rare}", f"?q={common}&bank=blue-heron&source={source}",
        "?band=known&sort=newest&page=20",
    ]  # fmt: skip
    listed = [
        "", "?page=2", "?page=200", f"?page={middle}", f"?page={last}", f"?q={common}", f"?q={common}&page=100",
        "?q=ma*", f"?q={rare}", f"?q={common}%20{rare}", "?kind=message&page=200", "?kind=page", "?kind=file&page=100",
        f"?source={source}", f"?source={source}&page=200", f"?source={source}&kind=file", f"?source={source}&q={rare}",
        f"?source={source}&q={common}", f"?source={source}&q={common}&kind=file", "?has=link", "?has=link&page=200",
        "?has=name", "?has=qr", "?has=picture-text", "?name=entity-1", "?name=entity-1&page=100", "?name=entity-300",
        f"?has=link&q={common}", f"?has=picture-text&q={common}&source={source}", f"?name=entity-2&source={source}",
        "?has=hashtag&kind=page",
    ]  # fmt: skip
    others = [
        "/", "/progress", "/names", "/names?kind=organisation", "/names?q=entity-3", "/names?sort=newest&page=3",
        "/scans", "/scans?page=4", "/problems", f"/problems?page={problems}", f"/problems?source={source}",
        "/audit", "/audit?before=5000", "/banks", "/banks/blue-heron", "/banks/blue-heron?page=500",
        "/banks/blue-heron?status=disputed", "/lexicon", "/policy", "/try", "/about", "/lexicon/new", "/lexicon/import",
    ]  # fmt: skip
    return [f"/found{one}" for one in found] + [f"/items{one}" for one in listed] + others


def _single(tx: sa.Connection) -> list[str]:
    """Return pages of one thing each: items with and without findings, files, entries, scans."""
    ids = list(tx.execute(sa.select(tables.items.c.id).order_by(tables.items.c.seq.desc()).limit(3)).scalars())
    matched = list(tx.execute(sa.select(tables.matches.c.item_id).limit(3)).scalars())
    with_file = tx.execute(sa.select(tables.attachments.c.item_id).limit(1)).scalar_one()
    entry = tx.execute(sa.select(tables.matches.c.entry_id).limit(1)).scalar_one()
    scan = tx.execute(sa.select(tables.scans.c.id).limit(1)).scalar_one()
    copy = tx.execute(sa.select(tables.renditions).where(tables.renditions.c.kind == "blurred").limit(1)).one()
    return [
        *(f"/items/{one}" for one in (*ids, *matched, with_file)), f"/media/{copy.media_sha256}/blurred/{copy.blob}",
        f"/entries/{entry}", f"/scans/{scan}", f"/api/v1/items/{matched[0]}", f"/api/v1/items/{ids[0]}/read",
        f"/api/v1/entries/{entry}", f"/api/v1/scans/{scan}",
    ]  # fmt: skip


def _api(tx: sa.Connection, number: int) -> list[str]:
    source = tx.execute(sa.select(tables.sources.c.id).limit(1)).scalar_one()
    bank, common = quote(banks.every(tx)[0].name), quote("рынок")
    return [
        "/api/docs", "/api/openapi.json", "/api/v1/health", "/api/v1/items", f"/api/v1/items?offset={number // 2}",
        "/api/v1/items?limit=500", f"/api/v1/items?q={common}", f"/api/v1/items?q={common}&offset=5000",
        "/api/v1/items?band=found", "/api/v1/items?band=known&offset=5000", "/api/v1/items?band=nothing",
        "/api/v1/items?category=terrorist-content", f"/api/v1/items?band=found&q={common}",
        f"/api/v1/items?band=found&source={source}", "/api/v1/matches", f"/api/v1/matches?offset={number // 40}",
        "/api/v1/matches?bank=blue-heron", "/api/v1/matches?kind=pdq&verified=true", f"/api/v1/matches?source={source}",
        "/api/v1/names", "/api/v1/names?kind=person", "/api/v1/lexicon", "/api/v1/banks", f"/api/v1/banks/{bank}",
        f"/api/v1/banks/{bank}/entries", f"/api/v1/banks/{bank}/entries?offset=20000", "/api/v1/scans",
        "/api/v1/problems", f"/api/v1/problems?offset={number // 500}", "/api/v1/audit", "/api/v1/audit?before=5000",
    ]  # fmt: skip


def _desk(tx: sa.Connection) -> list[str]:
    """Return the queue under each filter, pairs of them and far down, and the other lists of the desk."""
    source = tx.execute(sa.select(tables.sources.c.id).limit(1)).scalar_one()
    holder = tx.execute(sa.select(cases.c.claimed_by).where(cases.c.claimed_by.is_not(None)).limit(1)).scalar()
    queue = [
        "", "?page=2", "?page=100", "?page=1100", *(f"?state={one.value}" for one in CaseState),
        "?state=decided&page=500",
        "?queue=uzbek", "?queue=partner+list&page=50", "?language=uz", "?language=uz&page=50",
        "?category=terrorist-content",
        "?category=terrorist-content&page=300", "?category=praise", "?platform=web", "?platform=tiktok&page=50",
        f"?source={source}", f"?source={source}&page=20", f"?holder={holder}", "?queue=uzbek&language=tg",
        "?language=ug&category=news", f"?platform=web&source={source}", "?queue=night&state=decided", "?none=1",
        f"?queue=arabic&language=ar&platform=web&category=praise&source={source}", "?state=decided&language=kk",
    ]  # fmt: skip
    listed = [f"/queue{one}" for one in queue]
    listed += [f"/appeals?state={one.value}" for one in AppealState] + ["/appeals?state=", "/appeals?state=&page=40"]
    shadow = ["/policy/shadow", *(f"/policy/shadow?change={one.value}&page=2" for one in DIFFERENT)]
    quality = [
        "/quality",
        "/quality?days=0",
        "/quality/disagreements",
        "/quality/disagreements?page=5",
        "/quality/golden",
    ]
    return [*listed, *shadow, *quality, "/appeals", "/webhooks?page=300"]


def _of_cases(tx: sa.Connection) -> list[str]:
    """Return pages of single cases: in each state, small, of 200 items, and what was decided and appealed."""
    by_size = sa.select(cases.c.id, cases.c.size).order_by(cases.c.size.desc()).limit(2)
    found = [row.id for row in tx.execute(by_size)]
    for state in CaseState:
        some = sa.select(cases.c.id).where(cases.c.state == state.value, cases.c.size <= 3).limit(2)
        found += tx.execute(some).scalars()
    back = tx.execute(sa.select(decisions.c.case_id).join(undone, undone.c.decision_id == decisions.c.id).limit(1))
    found += back.scalars()
    largest = tx.execute(sa.text("SELECT item_id FROM case_items WHERE case_id = :id LIMIT 1"), {"id": found[0]})
    pages = [f"/cases/{one}" for one in found] + [f"/cases/{found[0]}?item={largest.scalar_one()}"]
    appeal = tx.execute(sa.select(appeals.c.id).limit(1)).scalar_one()
    return [*pages, f"/appeals/{appeal}", f"/appeals/{appeal}/letter"]


def _desk_api(tx: sa.Connection) -> list[str]:
    """Return what programs ask of the desk."""
    source = tx.execute(sa.select(tables.sources.c.id).limit(1)).scalar_one()
    largest = tx.execute(sa.select(cases.c.id).order_by(cases.c.size.desc()).limit(1)).scalar_one()
    one = tx.execute(sa.select(decisions.c.id, decisions.c.item_ids).where(decisions.c.standing).limit(1)).one()
    listed = [
        "/cases", "/cases?limit=500", "/cases?offset=50000", "/cases?state=decided",
        "/cases?state=decided&offset=30000",
        "/cases?language=uz", "/cases?queue=uzbek", "/cases?category=terrorist-content&platform=web",
        f"/cases?source={source}", f"/cases/{largest}", "/decisions", "/decisions?limit=500", "/decisions?offset=20000",
        "/decisions?since=2026-01-01T00:00:00Z", *(f"/decisions?outcome={each.value}" for each in Outcome),
        f"/decisions?item={one.item_ids[0]}", f"/decisions/{one.id}", "/appeals", "/appeals?state=granted",
        f"/appeals/{tx.execute(sa.select(appeals.c.id).limit(1)).scalar_one()}",
        "/policy/shadow", "/policy/shadow/differences?offset=5000", "/policy/shadow/differences?change=lower",
    ]  # fmt: skip
    return [f"/api/v1{each}" for each in listed]
