"""The tables that the table reader's contract is tested with."""

from __future__ import annotations

import json

from qalqan.sources.contract import Example

_HERON = "The heron stands at the lake."


def table_examples() -> tuple[Example, ...]:
    """Return tables of each kind."""
    declared = {"text": "what", "id": "no", "posted_at": "when", "files": "picture"}
    nested = {"text": "post.body", "author": "post.by.name", "links": "post.links.*.to"}
    rows = f'no;what;when;picture\n1;"{_HERON}";2024-05-01;p.bin\n2;Mist;yesterday;../p.bin\n3;a;b;c;d\n'
    lines: list[dict[str, object]] = [
        {"post": {"body": _HERON, "by": {"name": "Ayna"}, "links": [{"to": "https://heron.example/"}]}},
        {"post": {"body": "Mist"}},
    ]
    return (
        Example({"posts.csv": rows.encode(), "p.bin": b"\0\1"}, 2, 2, declared, [_HERON, "Mist"]),
        Example({"posts.csv": rows.encode(), "p.bin": b"\0\1"}, 1, 1),
        Example({"posts.ndjson": _ndjson(lines) + b"[broken\n"}, 2, 1, nested, [_HERON, "Mist"]),
        Example({"4cat.csv": _from_4cat().encode("utf-8-sig")}, 2, texts=[_HERON, "News\nMist"]),
        Example({"collected.ndjson": _ndjson(_collected())}, 4, texts=[_HERON, "Mist", "Reeds", "Rain"]),
    )


def _ndjson(records: list[dict[str, object]]) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def _from_4cat() -> str:
    return (
        "id,thread_id,timestamp,body,subject,author,unix_timestamp,image_url\n"
        f"7,7,2024-05-01 10:00:00,{_HERON},,Ayna,1714557600,https://heron.example/1.jpg\n"
        "8,7,2024-05-01 10:00:00,Mist,News,Ayna,,\n"
    )


def _collected() -> list[dict[str, object]]:
    def item(platform: str, data: dict[str, object]) -> dict[str, object]:
        return {
            "nav_index": "1:1:0",
            "item_id": "55",
            "timestamp_collected": 1714557600000,
            "source_platform": platform,
            "source_platform_url": f"https://{platform}/",
            "source_url": f"https://{platform}/lake",
            "data": data,
        }

    user = {"result": {"rest_id": "9", "legacy": {"screen_name": "ayna", "name": "Ayna"}}}
    return [
        item("tiktok.com", {"desc": _HERON, "author": {"uniqueId": "ayna"}, "createTime": 1714557600}),
        item("instagram.com", {"code": "Cx", "caption": {"text": "Mist"}, "user": {"username": "ayna"}}),
        item("twitter.com", {"legacy": {"full_text": "Reeds"}, "core": {"user_results": user}, "rest_id": "56"}),
        item("gab.com", {"content": "Rain", "account": {"acct": "ayna"}}),
    ]
