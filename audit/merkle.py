"""Roots of the growing tree over a chain's hashes, as RFC 6962 §2.1 makes them: leaf = H(0x00 ‖ hash), node = H(0x01 ‖ l ‖ r)."""

from collections.abc import Collection, Iterable
from hashlib import sha256

EMPTY = sha256(b"").hexdigest()


class Tree:
    """A tree to which leaves are added. Kept of it are its complete subtrees, the largest first: one for each 1 among the bits of
    `size`, the number of its leaves."""

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size, self.peaks = size, list(peaks)

    def add(self, node: bytes, leaves: int = 1) -> None:
        """Add a complete subtree of `leaves` (a power of two that divides `size`) by its root."""
        self.size += leaves
        while not self.size & leaves:
            node, leaves = sha256(b"\x01" + self.peaks.pop() + node).digest(), leaves * 2
        self.peaks.append(node)

    def root(self) -> str:
        """The root over all leaves, in hex."""
        if not self.peaks:
            return EMPTY
        *others, node = self.peaks
        for peak in reversed(others):
            node = sha256(b"\x01" + peak + node).digest()
        return node.hex()

    def then(self, later: "Tree") -> "Tree":
        """The tree over these leaves and those of `later`, which holds no more of them than the smallest subtree here."""
        both = Tree(self.size, self.peaks)
        bits = (1 << at for at in reversed(range(later.size.bit_length())) if later.size >> at & 1)
        for node, leaves in zip(later.peaks, bits, strict=True):
            both.add(node, leaves)
        return both


def leaf(sealed: object) -> bytes:
    """The leaf of a chain's hash (hex). What is no hash (somebody wrote over it) still has to give a root: a wrong one."""
    return sha256(b"\x00" + str(sealed).encode("utf-8", "surrogatepass")).digest()


def roots(hashes: Iterable[str], sizes: Collection[int]) -> dict[int, str]:
    """size → root (hex) for each of `sizes`, in one pass over the hashes (hex). A size beyond the end is left out."""
    tree = Tree()
    found = {0: EMPTY} if 0 in sizes else {}
    for sealed in hashes:
        tree.add(leaf(sealed))
        if tree.size in sizes:
            found[tree.size] = tree.root()
    return found
