"""The check sums of wallets' addresses: what makes an address one of a coin, whatever stands beside it."""

from __future__ import annotations

import binascii
from hashlib import sha256

from Crypto.Hash import keccak

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BASE58_OF_RIPPLE = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
_DIGITS = {char: digit for digit, char in enumerate(_BASE58)}
_DIGITS_OF_RIPPLE = {char: digit for digit, char in enumerate(_BASE58_OF_RIPPLE)}
_LONGEST_BASE58 = 120

_BECH32 = {char: digit for digit, char in enumerate("qpzry9x8gf2tvdw0s3jn54khce6mua7l")}
_BECH32_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CASHADDR_GENERATOR = (0x98F2BC8E61, 0x79B76D99E2, 0xF33E5FB3C4, 0xAE2EABE2A8, 0x1E4F43E470)
_LONGEST_BECH32 = 120
_BECH32M = 0x2BC830A3

_MONERO_BLOCK = {2: 1, 3: 2, 5: 3, 6: 4, 7: 5, 9: 6, 10: 7, 11: 8}
"""Bytes in a block of so many characters (Monero's base58: eight bytes in eleven characters)."""


def base58(address: str, *, ripple: bool = False) -> bytes | None:
    """Return the bytes that `address` stands for; None where it is no base58 of at most 120 characters."""
    digits, zero = (_DIGITS_OF_RIPPLE, "r") if ripple else (_DIGITS, "1")
    if len(address) > _LONGEST_BASE58:
        return None
    number = 0
    try:
        for char in address:
            number = number * 58 + digits[char]
    except KeyError:
        return None
    zeros = len(address) - len(address.lstrip(zero))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8)


def base58_checked(address: str, *, ripple: bool = False) -> bytes | None:
    """Return version and payload where the four bytes of double SHA-256 behind them are right, else None."""
    raw = base58(address, ripple=ripple)
    if raw is None or len(raw) < 5:  # noqa: PLR2004 - a version and four bytes
        return None
    payload, check = raw[:-4], raw[-4:]
    return payload if sha256(sha256(payload).digest()).digest()[:4] == check else None


def is_segwit(address: str, prefix: str) -> bool:
    """Whether `address` is a witness address of the chain with this prefix (BIP 173, BIP 350)."""
    low = address.lower()
    if address not in (low, address.upper()) or len(low) > _LONGEST_BECH32 or not low.startswith(prefix + "1"):
        return False
    try:
        data = [_BECH32[char] for char in low[len(prefix) + 1 :]]
    except KeyError:
        return False
    if len(data) < 7:  # noqa: PLR2004 - a version and six characters of check sum
        return False
    expanded = [ord(char) >> 5 for char in prefix] + [0] + [ord(char) & 31 for char in prefix]
    program = (len(data) - 7) * 5 // 8
    right = program in (20, 32) if data[0] == 0 else 2 <= program <= 40 and data[0] <= 16  # noqa: PLR2004 - BIP 141
    return right and _polymod(expanded + data, _BECH32_GENERATOR, 25) == (1 if data[0] == 0 else _BECH32M)


def is_cashaddr(address: str) -> bool:
    """Whether `address`, without `bitcoincash:`, is one of Bitcoin Cash."""
    try:
        data = [_BECH32[char] for char in address]
    except KeyError:
        return False
    prefix = [ord(char) & 31 for char in "bitcoincash"]
    return len(data) <= _LONGEST_BECH32 and _polymod([*prefix, 0, *data], _CASHADDR_GENERATOR, 35) == 1


def _polymod(values: list[int], generator: tuple[int, ...], shift: int) -> int:
    check, mask = 1, (1 << shift) - 1
    for value in values:
        top = check >> shift
        check = (check & mask) << 5 ^ value
        for bit, part in enumerate(generator):
            if top >> bit & 1:
                check ^= part
    return check


def is_checked_ethereum(address: str) -> bool:
    """Whether the capitals of `0x` and forty hexadecimal digits are those of its check sum (EIP-55)."""
    digits = address[2:]
    low = digits.lower()
    check = _keccak(low.encode()).hex()
    return all(
        char == (small.upper() if int(nibble, 16) > 7 else small)  # noqa: PLR2004 - EIP-55
        for char, small, nibble in zip(digits, low, check, strict=False)
    )


def is_monero(address: str) -> bool:
    """Whether `address` is one of Monero's main net: plain, sub-address or with a payment id."""
    blocks = [address[start : start + 11] for start in range(0, len(address), 11)]
    raw = b""
    for block in blocks:
        size, part = _MONERO_BLOCK.get(len(block)), base58(block)
        if size is None or part is None:
            return False
        part = part.lstrip(b"\0")
        if len(part) > size:
            return False
        raw += part.rjust(size, b"\0")
    return raw[0] in (18, 19, 42) and _keccak(raw[:-4])[:4] == raw[-4:]


def crc16(raw: bytes) -> int:
    """Return the check sum of TON and of Stellar (CRC-16/XMODEM)."""
    return binascii.crc_hqx(raw, 0)


def _keccak(raw: bytes) -> bytes:
    return keccak.new(digest_bits=256, data=raw).digest()


def is_iban(code: str) -> bool:
    """Whether the check digits of an account's number are right (ISO 13616, ISO 7064 MOD 97-10)."""
    return int("".join(str(int(char, 36)) for char in code[4:] + code[:4])) % 97 == 1


def is_luhn(digits: str) -> bool:
    """Whether a card number's last digit is right (ISO/IEC 7812)."""
    total = sum(int(char) for char in digits[-1::-2])
    return (total + sum(int(char) * 2 - 9 * (char > "4") for char in digits[-2::-2])) % 10 == 0
