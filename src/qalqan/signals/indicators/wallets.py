"""Addresses of wallets. The check sum says which coin it is, never the word beside it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from qalqan.errors import BadValue
from qalqan.signals.indicators import checksums
from qalqan.signals.indicators.found import Found

_RUN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]{25,110}(?![A-Za-z0-9])")
_TON = re.compile(r"(?<![\w-])[EU]Q[A-Za-z0-9_-]{46}(?![\w-])")
_ETHEREUM = re.compile(r"0x[0-9a-fA-F]{40}")
_SOLANA_WORD = re.compile(r"\b(?:sol|solana|солана|phantom|spl)\b", re.IGNORECASE)
_SOLANA_REACH = 60
"""Characters around an address in which Solana must be named: its addresses have no check sum."""
_SOLANA_LENGTHS = range(32, 45)
_SOLANA_BYTES = 32
_BASE58CHECK = {
    b"\x00": "btc", b"\x05": "btc", b"\x30": "ltc", b"\x32": "ltc", b"\x4c": "dash", b"\x10": "dash",
    b"\x1e": "doge", b"\x16": "doge", b"\x41": "trx", b"\x1c\xb8": "zec", b"\x1c\xbd": "zec",
}  # fmt: skip
"""The coin of each version: pay to a key, pay to a script. Old script addresses of Litecoin are Bitcoin's."""
_HASH = 20
_LONGEST_HASH = 36
"""Characters of such an address at most."""
_CASHADDR_LENGTH = 42
_MONERO_LENGTHS = (95, 106)
_STELLAR_LENGTH = 56
_STELLAR_VERSION = 6 << 3


def find_wallets(text: str) -> Iterator[Found]:
    """Yield the addresses in `text` as `coin:address`, `coin?:address` where there is no check sum."""
    for found in _RUN.finditer(text):
        value = wallet(found.group()) or _solana(text, found)
        if value:
            yield Found(value, *found.span())
    if "EQ" in text or "UQ" in text:
        for found in _TON.finditer(text):
            if _is_ton(found.group()):
                yield Found(f"ton:{_one_ton(found.group())}", *found.span())


def canonical_wallet(value: str) -> str:
    """Return `coin:address` of an address, with or without its coin; raises BadValue for none."""
    coin, _, rest = value.strip().rpartition(":")
    address = rest.strip()
    if _TON.fullmatch(address) and _is_ton(address):
        return f"ton:{_one_ton(address)}"
    if coin.lower() == "eth" and _ETHEREUM.fullmatch(address):
        return f"eth:{address.lower()}"
    known = wallet(address)
    if known:
        return known
    if coin.rstrip("?").lower() == "sol" and _may_be_solana(address):
        return f"sol?:{address}"
    raise BadValue(f"{value[:80]!r} is no wallet's address that Qalqan can check")


def wallet(address: str) -> str | None:
    """Return `coin:address` for an address with a check sum (or Ethereum's form without one), else None."""
    if address[:2] == "0x":
        return _ethereum(address)
    low = address[:4].lower()
    for coin, prefix in (("btc", "bc"), ("ltc", "ltc")):
        if low.startswith(prefix + "1"):
            return f"{coin}:{address.lower()}" if checksums.is_segwit(address, prefix) else None
    return _by_first_letter(address)


def _ethereum(address: str) -> str | None:
    if not _ETHEREUM.fullmatch(address):
        return None
    mixed = address[2:] not in (address[2:].lower(), address[2:].upper())
    return f"{'eth' if mixed and checksums.is_checked_ethereum(address) else 'eth?'}:{address.lower()}"


def _by_first_letter(address: str) -> str | None:
    """Return `coin:address` by the check that addresses with this first letter and length have."""
    first, length = address[:1], len(address)
    known, coin = False, ""
    if first and first in "13LMX7DA9Tt" and length <= _LONGEST_HASH:
        return _base58check(address)
    if first == "r" and length <= _LONGEST_HASH:
        coin, known = "xrp", _is_ripple(address)
    elif first in ("4", "8") and length in _MONERO_LENGTHS:
        coin, known = "xmr", checksums.is_monero(address)
    elif first in ("q", "p") and length == _CASHADDR_LENGTH:
        coin, known = "bch", checksums.is_cashaddr(address)
    elif first == "G" and length == _STELLAR_LENGTH:
        coin, known = "xlm", _is_stellar(address)
    return f"{coin}:{address}" if known else None


def _is_ripple(address: str) -> bool:
    raw = checksums.base58_checked(address, ripple=True)
    return raw is not None and raw[0] == 0 and len(raw) == 1 + _HASH


def _base58check(address: str) -> str | None:
    raw = checksums.base58_checked(address)
    coin = _BASE58CHECK.get(raw[:-_HASH]) if raw else None
    return f"{coin}:{address}" if coin else None


def _is_stellar(address: str) -> bool:
    try:
        raw = base64.b32decode(address)
    except binascii.Error:
        return False
    return raw[0] == _STELLAR_VERSION and checksums.crc16(raw[:-2]) == int.from_bytes(raw[-2:], "little")


def _is_ton(address: str) -> bool:
    raw = base64.urlsafe_b64decode(address)
    return checksums.crc16(raw[:-2]) == int.from_bytes(raw[-2:])


def _one_ton(address: str) -> str:
    """Return the form that may be sent back, of the two forms of one address."""
    raw = b"\x11" + base64.urlsafe_b64decode(address)[1:-2]
    return base64.urlsafe_b64encode(raw + checksums.crc16(raw).to_bytes(2)).decode()


def _solana(text: str, found: re.Match[str]) -> str | None:
    start, end = found.span()
    if end - start not in _SOLANA_LENGTHS:
        return None
    near = text[max(start - _SOLANA_REACH, 0) : start] + " " + text[end : end + _SOLANA_REACH]
    return f"sol?:{found.group()}" if _SOLANA_WORD.search(near) and _may_be_solana(found.group()) else None


def _may_be_solana(address: str) -> bool:
    raw = checksums.base58(address) if len(address) in _SOLANA_LENGTHS else None
    return raw is not None and len(raw) == _SOLANA_BYTES
