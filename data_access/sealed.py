"""A file inside an encrypted ZIP (WinZip AE-2, AES-256), which 7-Zip and the like open with its password.

For lists that hold names in clear: a spreadsheet on a disk or in a mail is nobody's without the password, which is made for one ticket
(auth/export_order.py), shown once beside the link, and kept nowhere. It has 100 random bits, so the format's few PBKDF2 rounds carry no weight.
"""

import hashlib
import hmac
import os
import struct
import zlib

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

KEY, SALT, PROOF, SEAL, BLOCK, ROUNDS = 32, 16, 2, 10, 16, 1_000  # bytes of AE-2 with AES-256; rounds of PBKDF2
SHORTEST = 20
VERSION, ENCRYPTED_UTF8, AES, DEFLATED = 51, 0x801, 99, 8
DAY_ZERO = (0, 0x21)  # 1980-01-01 00:00: no clock in it
EXTRA = struct.pack("<HHH2sBH", 0x9901, 7, 2, b"AE", 3, DEFLATED)


def sealed(name: str, content: bytes, password: str) -> bytes:
    """The ZIP with the one file `name` in it. ValueError for a password that is none."""
    if len(password) < SHORTEST:
        raise ValueError("a file with names in clear needs a password")
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(content) + packer.flush()
    salt = os.urandom(SALT)
    keys = hashlib.pbkdf2_hmac("sha1", password.encode("ascii"), salt, ROUNDS, 2 * KEY + PROOF)
    hidden = _counted(packed, keys[:KEY])
    body = salt + keys[2 * KEY :] + hidden + hmac.digest(keys[KEY : 2 * KEY], hidden, "sha1")[:SEAL]
    inside = name.encode("utf-8")
    # AE-2 writes no CRC: it would tell of the content
    told = struct.pack("<HHHHHIIIHH", VERSION, ENCRYPTED_UTF8, AES, *DAY_ZERO, 0, len(body), len(content), len(inside), len(EXTRA))
    local = b"PK\x03\x04" + told + inside + EXTRA
    central = b"PK\x01\x02" + struct.pack("<H", VERSION) + told + struct.pack("<HHHII", 0, 0, 0, 0, 0) + inside + EXTRA
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local) + len(body), 0)
    return local + body + central + end


def _counted(text: bytes, key: bytes) -> bytes:
    """AES in counter mode as AE-2 counts: little-endian, from 1. The same call hides and shows."""
    blocks = -(-len(text) // BLOCK)
    counters = b"".join(number.to_bytes(BLOCK, "little") for number in range(1, blocks + 1))
    # ECB over the counters makes the keystream
    stream = Cipher(algorithms.AES(key), modes.ECB()).encryptor().update(counters)[: len(text)]
    return (int.from_bytes(text, "little") ^ int.from_bytes(stream, "little")).to_bytes(len(text), "little")
