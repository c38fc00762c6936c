"""収納率: received / assessed in per cent, rounded half up. Never average rates: add up both sides first."""

from decimal import Decimal
from fractions import Fraction


def rate(received: int, assessed: int, places: int = 2) -> Decimal | None:
    """Per cent with `places` decimals (四捨五入, as 厚生労働省 prints it); None when nothing was assessed."""
    if assessed <= 0:
        return None
    scaled = Fraction(abs(received) * 100 * 10**places, assessed)
    rounded = int(scaled + Fraction(1, 2))
    return Decimal(rounded if received >= 0 else -rounded).scaleb(-places)
