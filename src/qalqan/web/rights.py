"""Which right each route needs: what is not in this table is refused to everybody.

A test holds the table to the routes that there are, and calls each of them as each role, and as nobody.
"""

from __future__ import annotations

from qalqan.model.roles import Right

OPEN = frozenset({
    ("GET", "/healthz"), ("GET", "/login"), ("POST", "/login"), ("GET", "/login/code"), ("POST", "/login/code"),
    ("GET", "/login/elsewhere"), ("GET", "/login/back"),
})  # fmt: skip
"""Routes that answer somebody who has not logged in."""

SETTING_UP = frozenset({
    ("GET", "/me"), ("POST", "/me/factor"), ("GET", "/me/factor/code.svg"), ("POST", "/me/factor/confirm"),
    ("POST", "/logout"), ("POST", "/look"),
})  # fmt: skip
"""Routes that answer somebody who must have a second factor and has none yet."""

_SELF = (
    ("POST", "/logout"), ("POST", "/look"), ("GET", "/about"), ("GET", "/api/docs"), ("GET", "/api/openapi.json"),
    ("GET", "/protection"), ("POST", "/protection"),
    ("GET", "/me"), ("POST", "/me/factor"), ("GET", "/me/factor/code.svg"), ("POST", "/me/factor/confirm"),
    ("POST", "/me/factor/remove"), ("POST", "/me/codes"), ("POST", "/me/password"),
    ("POST", "/queue/views"), ("POST", "/queue/views/{view_id}/delete"), ("POST", "/me/sessions"),
)  # fmt: skip
_LOOK = (
    ("GET", "/"), ("GET", "/found"), ("GET", "/items"), ("GET", "/items/{item_id}"),
    ("GET", "/media/{sha256}/blurred/{blob}"), ("GET", "/banks"), ("GET", "/banks/{name:path}"),
    ("GET", "/entries/{entry_id}"), ("GET", "/names"), ("GET", "/lexicon"), ("GET", "/lexicon/{key}"),
    ("GET", "/policy"),
    ("GET", "/try"), ("POST", "/try"), ("GET", "/scans"), ("GET", "/progress"), ("GET", "/scans/{scan_id}"),
    ("GET", "/problems"), ("GET", "/queue"), ("GET", "/cases/{case_id}"),
    ("GET", "/api/v1/cases"), ("GET", "/api/v1/cases/{case_id}"),
    ("GET", "/api/v1/items"), ("GET", "/api/v1/items/{item_id}"), ("GET", "/api/v1/matches"),
    ("GET", "/api/v1/items/{item_id}/read"), ("GET", "/api/v1/names"), ("GET", "/api/v1/lexicon"),
    ("GET", "/api/v1/banks"), ("GET", "/api/v1/banks/{name:path}/entries"), ("GET", "/api/v1/banks/{name:path}"),
    ("GET", "/api/v1/entries/{entry_id}"), ("GET", "/api/v1/scans"), ("GET", "/api/v1/scans/{scan_id}"),
    ("GET", "/api/v1/problems"), ("GET", "/api/v1/health"), ("GET", "/api/v1/decisions"),
    ("GET", "/api/v1/decisions/{decision_id}"),
)  # fmt: skip
_REVIEW = (
    ("POST", "/queue/next"), ("POST", "/cases/{case_id}/claim"), ("POST", "/cases/{case_id}/release"),
    ("POST", "/cases/{case_id}/look"), ("POST", "/cases/{case_id}/decide"), ("POST", "/cases/{case_id}/second"),
    ("POST", "/decisions/{decision_id}/undo"),
)  # fmt: skip
_REVEAL = (
    ("GET", "/media/{sha256}/clear/{blob}"), ("POST", "/media/{sha256}/reveal"), ("POST", "/media/beat"),
    ("POST", "/media/hidden"),
)  # fmt: skip
_EXPORT = (
    ("GET", "/found/export"), ("GET", "/items/export"), ("GET", "/banks/{name:path}/export"), ("GET", "/names/export"),
    ("GET", "/lexicon/export"), ("GET", "/problems/export"),
)  # fmt: skip
_LEAD = (
    ("GET", "/queue/rules"), ("POST", "/queue/rules"), ("POST", "/queue/rules/{route_id}/delete"),
    ("POST", "/protection/floor"),
    ("GET", "/quality"), ("GET", "/quality/export"), ("GET", "/quality/disagreements"),
    ("POST", "/quality/disagreements/{look_id}"), ("GET", "/quality/golden"), ("POST", "/cases/{case_id}/golden"),
    ("POST", "/golden/{golden_id}/end"), ("GET", "/api/v1/quality"),
)  # fmt: skip
_HAND_IN = (
    ("POST", "/scans/{scan_id}/cancel"), ("POST", "/api/v1/check"), ("POST", "/api/v1/check/hashes"),
    ("POST", "/api/v1/items"),
    # Whoever hands in items hands in what people say against decisions on them, and reads the answers to it.
    ("GET", "/api/v1/appeals"), ("POST", "/api/v1/appeals"), ("GET", "/api/v1/appeals/{appeal_id}"),
)  # fmt: skip
_KNOWN = (
    ("POST", "/banks/{name:path}/rules"), ("POST", "/entries/{entry_id}/status"), ("GET", "/lexicon/new"),
    ("POST", "/lexicon/preview"), ("POST", "/lexicon/save"), ("GET", "/lexicon/import"), ("POST", "/lexicon/import"),
)  # fmt: skip
_AUDIT = (("GET", "/audit"), ("POST", "/audit"), ("GET", "/audit/export"), ("GET", "/api/v1/audit"))
_TOKENS = (
    ("POST", "/me/tokens"), ("POST", "/me/tokens/{token_id}/revoke"), ("GET", "/webhooks"), ("POST", "/webhooks"),
    ("POST", "/webhooks/{webhook_id}/test"), ("POST", "/webhooks/{webhook_id}/end"),
    ("POST", "/deliveries/{delivery_id}/resend"),
)  # fmt: skip
_POLICY = (
    ("GET", "/policy/shadow"), ("GET", "/policy/shadow/export"), ("POST", "/policy/shadow/start"),
    ("POST", "/policy/shadow/stop"), ("POST", "/policy/shadow/on"), ("POST", "/policy/back"),
    ("GET", "/api/v1/policy/shadow"), ("GET", "/api/v1/policy/shadow/differences"),
)  # fmt: skip
_PEOPLE = (("GET", "/people"), ("POST", "/people"), ("POST", "/people/{person_id}/{deed}"))

_APPEALS = (
    ("GET", "/appeals"), ("POST", "/appeals"), ("GET", "/appeals/{appeal_id}"), ("POST", "/appeals/{appeal_id}/answer"),
    ("POST", "/appeals/{appeal_id}/withdraw"), ("GET", "/appeals/{appeal_id}/letter"),
)  # fmt: skip

_BY_RIGHT = {
    Right.APPEALS: _APPEALS,
    Right.SELF: _SELF,
    Right.LOOK: _LOOK,
    Right.REVIEW: _REVIEW,
    Right.REVEAL: _REVEAL,
    Right.EXPORT: _EXPORT,
    Right.HAND_IN: _HAND_IN,
    Right.LEAD: _LEAD,
    Right.KNOWN: _KNOWN,
    Right.AUDIT: _AUDIT,
    Right.TOKENS: _TOKENS,
    Right.POLICY: _POLICY,
    Right.PEOPLE: _PEOPLE,
}
RIGHT_OF: dict[tuple[str, str], Right] = {route: right for right, some in _BY_RIGHT.items() for route in some}
"""The right that a method and a path need."""
