"""Logins through a provider: OpenID Connect's code flow with PKCE, through Authlib.

The provider says who somebody is; whether they may come in, and as what, is said by the settings and by what their
admins gave them here (OpenID Connect Core 1.0, section 3.1; RFC 7636).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx2

from qalqan.errors import NotAllowed, ProviderFailed
from qalqan.flow.services import Services
from qalqan.settings import Settings
from qalqan.store import identities
from qalqan.store.identities import Begun

SCOPE = "openid profile email"
ALGORITHMS = ["RS256", "PS256", "ES256", "ES384", "RS384", "RS512", "PS384", "PS512", "EdDSA"]
"""Signatures by a key pair alone: none that whoever knows the client's secret, or nobody's, could make."""
SECONDS = 10.0
LEEWAY = 60
"""Seconds by which the provider's clock may be wrong."""
LONGEST = 1 << 20
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def begin(services: Services, browser: str, back: str) -> str:
    """Return the provider's address to which a browser is sent to log in. Raises ProviderFailed."""
    settings = services.settings
    with _client(settings) as client:
        about = _about(client, settings)
        with services.store.writing() as tx:
            state, begun = identities.begin(tx, browser, back)
        address, _state = _oauth(client, settings).create_authorization_url(
            about["authorization_endpoint"], state=state, code_verifier=begun.verifier, nonce=begun.nonce
        )
    return str(address)


def finish(services: Services, browser: str, state: str, code: str) -> tuple[Mapping[str, Any], str]:
    """Return what the provider says of somebody who comes back, and where they wanted to be.

    Raises NotAllowed where this browser did not begin this login, or where the provider's word does not hold;
    ProviderFailed where the provider does not answer.
    """
    with services.store.writing() as tx:
        begun = identities.take(tx, state, browser)
    if begun is None or not code:
        raise NotAllowed("This login was not begun here, or it took too long.", hint="Log in again.")
    with _client(services.settings) as client:
        about = _about(client, services.settings)
        return _claims(client, services.settings, about, begun, code), begun.back


def _claims(
    client: httpx2.Client, settings: Settings, about: Mapping[str, Any], begun: Begun, code: str
) -> Mapping[str, Any]:
    """Return the claims of the ID token that a code is exchanged for, every one of them checked."""
    from authlib.common.errors import AuthlibBaseError  # type: ignore[import-untyped] # it publishes no types
    from joserfc.errors import JoseError

    try:
        answer = _exchanged(client, settings, str(about["token_endpoint"]), begun, code)
        claims = _checked(answer, _json(client, str(about["jwks_uri"])), settings, begun.nonce)
    except (AuthlibBaseError, JoseError, KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise NotAllowed(
            f"The provider's word does not hold ({type(wrong).__name__}).", hint="Log in again."
        ) from wrong
    if not isinstance(claims["sub"], str) or not claims["sub"]:
        raise NotAllowed("The provider does not say who this is.", hint="Log in again.")
    return claims


def _exchanged(client: httpx2.Client, settings: Settings, address: str, begun: Begun, code: str) -> Mapping[str, Any]:
    """Return what the provider gives for a code."""
    secret = settings.oidc_client_secret.get_secret_value()
    # Without a secret, PKCE alone holds the code to this console; its id then stands in the body.
    basic, more = (
        (httpx2.BasicAuth(settings.oidc_client_id, secret), {}) if secret else (_no_auth, _client_id(settings))
    )
    answer: Mapping[str, Any] = _oauth(client, settings).fetch_token(
        address, grant_type="authorization_code", code=code, code_verifier=begun.verifier, auth=basic, **more
    )
    return answer


def _checked(answer: Mapping[str, Any], keys: Mapping[str, Any], settings: Settings, nonce: str) -> Mapping[str, Any]:
    """Return an ID token's claims: its signature, issuer, audience, times, nonce and access token's hash hold."""
    from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped] # it publishes no types
    from joserfc import jwt
    from joserfc.jwk import KeySet

    known: Any = keys
    token = jwt.decode(str(answer["id_token"]), KeySet.import_key_set(known), algorithms=ALGORITHMS)
    options = {
        "iss": {"essential": True, "value": settings.oidc_issuer},
        "aud": {"essential": True, "value": settings.oidc_client_id},
    }
    said = {"nonce": nonce, "client_id": settings.oidc_client_id, "access_token": answer.get("access_token")}
    claims: Mapping[str, Any] = CodeIDToken(token.claims, token.header, options, said)
    claims.validate(leeway=LEEWAY)  # type: ignore[attr-defined] # a dict that checks itself
    return claims


def _no_auth(request: httpx2.Request) -> httpx2.Request:
    return request


def _client_id(settings: Settings) -> dict[str, str]:
    return {"client_id": settings.oidc_client_id}


def _oauth(client: httpx2.Client, settings: Settings) -> Any:  # noqa: ANN401 - Authlib publishes no types
    from authlib.oauth2.client import OAuth2Client  # type: ignore[import-untyped] # it publishes no types

    return OAuth2Client(
        client,
        client_id=settings.oidc_client_id,
        scope=SCOPE,
        redirect_uri=f"{settings.address}/login/back",
        code_challenge_method="S256",
    )


@contextmanager
def _client(settings: Settings) -> Iterator[httpx2.Client]:
    """Yield a client that follows nothing, waits a few seconds, and takes no proxy from the environment."""
    if not settings.oidc_issuer:
        raise NotAllowed("There is no provider of logins.", hint="Log in with a name and a password.")
    try:
        with httpx2.Client(timeout=SECONDS, follow_redirects=False, trust_env=False) as client:
            yield client
    except httpx2.HTTPError as wrong:
        raise ProviderFailed(
            f"The provider of logins does not answer ({type(wrong).__name__}).", hint="Try again later."
        ) from None


def _about(client: httpx2.Client, settings: Settings) -> Mapping[str, Any]:
    """Return what the provider says about itself (OpenID Connect Discovery 1.0, section 4)."""
    about = _json(client, settings.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration")
    if about.get("issuer") != settings.oidc_issuer:
        raise ProviderFailed("The provider of logins calls itself otherwise.", hint="Check QALQAN_OIDC_ISSUER.")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if not is_safe(str(about.get(name, ""))):
            raise ProviderFailed(f"The provider's {name} is not safe to ask.", hint="It must be an https:// address.")
    return about


def is_safe(address: str) -> bool:
    """Whether an address is one that nobody on the way can read: HTTPS, or this machine itself."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK))


def _json(client: httpx2.Client, address: str) -> dict[str, Any]:
    """Return the JSON object at an address. Raises ProviderFailed where there is none, or a very large one."""
    if not is_safe(address):
        raise ProviderFailed("The provider's address is not safe to ask.", hint="It must be an https:// address.")
    body = bytearray()
    with client.stream("GET", address, headers={"accept": "application/json"}) as answer:
        for part in answer.iter_bytes():
            body += part
            if len(body) > LONGEST:
                raise ProviderFailed("The provider's answer is too large.")
    return _object(bytes(body), answer.status_code)


def _object(body: bytes, status: int) -> dict[str, Any]:
    import json

    try:
        found = json.loads(body) if status == httpx2.codes.OK else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ProviderFailed("The provider's answer is none that it should give.", hint="Check QALQAN_OIDC_ISSUER.")
    return found
