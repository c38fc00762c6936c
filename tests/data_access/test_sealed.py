"""The encrypted ZIP: read back by the description of the format alone (WinZip AE-2), and by nothing without the password."""

import hashlib
import hmac
import io
import struct
import zipfile
import zlib

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from data_access.sealed import sealed

PASSWORD = "ABCD-EFGH-JKLM-NPQR-STUV"
NAME = "地区ワークリスト_0123abcd.xlsx"


class WrongPassword(Exception):
    """The two bytes that say so do not fit."""


def opened(archive: bytes, password: str) -> tuple[str, bytes]:
    """The one file of the archive, as a reader of the format opens it."""
    with zipfile.ZipFile(io.BytesIO(archive)) as listed:
        (entry,) = listed.infolist()
    assert (entry.compress_type, entry.flag_bits & 1, entry.CRC, entry.date_time[:3]) == (99, 1, 0, (1980, 1, 1))
    identifier, size, version, vendor, strength, method = struct.unpack("<HHH2sBH", entry.extra)
    assert (identifier, size, version, vendor, strength, method) == (0x9901, 7, 2, b"AE", 3, 8)
    signature, *_, name_length, extra_length = struct.unpack("<4sHHHHHIIIHH", archive[:30])
    assert signature == b"PK\x03\x04"
    start = 30 + name_length + extra_length
    body = archive[start : start + entry.compress_size]
    salt, proof, hidden, seal = body[:16], body[16:18], body[18:-10], body[-10:]
    keys = hashlib.pbkdf2_hmac("sha1", password.encode(), salt, 1000, 66)
    if keys[64:] != proof:
        raise WrongPassword
    assert hmac.new(keys[32:64], hidden, "sha1").digest()[:10] == seal, "changed on the way"
    plain = bytearray()
    for number in range(0, len(hidden), 16):
        block = Cipher(algorithms.AES(keys[:32]), modes.ECB()).encryptor().update((number // 16 + 1).to_bytes(16, "little"))
        plain += bytes(one ^ other for one, other in zip(hidden[number : number + 16], block, strict=False))
    content = zlib.decompress(bytes(plain), -15)
    assert len(content) == entry.file_size
    return entry.filename, content


@given(st.binary(max_size=5_000))
def test_what_went_in_comes_out_with_the_password(content):
    assert opened(sealed(NAME, content, PASSWORD), PASSWORD) == (NAME, content)


def test_nothing_of_it_stands_in_the_file(monkeypatch):
    content = "山田　太郎,1000000003,".encode() * 400
    archive = sealed(NAME, content, PASSWORD)
    assert "山田".encode() not in archive
    assert PASSWORD.encode() not in archive
    assert archive != sealed(NAME, content, PASSWORD), "its salt is its own"
    wrong = 0
    for number in range(300):
        try:
            opened(archive, f"{number:020}")
        except WrongPassword:
            wrong += 1
        except (AssertionError, zlib.error):  # one in 65,536 passes the two bytes, and then the seal does not fit
            wrong += 1
    assert wrong == 300


@pytest.mark.parametrize("place", [40, 90, -60])
def test_a_changed_byte_is_found(place):
    archive = bytearray(sealed("list.csv", b"name" * 500, PASSWORD))
    start = 30 + len("list.csv") + 11 + 18
    archive[start + abs(place) % 20] ^= 1
    with pytest.raises(AssertionError, match="changed on the way"):
        opened(bytes(archive), PASSWORD)


def test_without_a_password_there_is_no_file():
    with pytest.raises(ValueError, match="password"):
        sealed(NAME, b"", "")
