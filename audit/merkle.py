"""Roots of the growing tree over a chain's hashes, as RFC 6962 §2.1 makes them: leaf = H(0x00 ‖ hash), node = H(0x01 ‖ l ‖ r)."""

import hashlib
from collections.abc import Collection, Iterable

EMPTY = hashlib.sha256(b"").hexdigest()


def roots(hashes: Iterable[str], sizes: Collection[int]) -> dict[int, str]:
    """size → root (hex) for each of `sizes`, in one pass over the hashes (hex). A size beyond the end is left out."""
    wanted, found = set(sizes), {}
    peaks: list[tuple[int, bytes]] = []  # the complete subtrees so far, (leaves, root), the largest first
    if 0 in wanted:
        found[0] = EMPTY
    for size, sealed in enumerate(hashes, start=1):
        leaves, node = 1, hashlib.sha256(b"\x00" + _bytes(sealed)).digest()
        while peaks and peaks[-1][0] == leaves:
            node = _joined(peaks.pop()[1], node)
            leaves *= 2
        peaks.append((leaves, node))
        if size in wanted:
            found[size] = _root(peaks)
    return found


def _root(peaks: list[tuple[int, bytes]]) -> str:
    *others, (_, root) = peaks
    for _, peak in reversed(others):
        root = _joined(peak, root)
    return root.hex()


def _joined(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _bytes(sealed: object) -> bytes:
    """What is no hash (somebody wrote over it) still has to give a root: a wrong one."""
    return str(sealed).encode("utf-8", "surrogatepass")
