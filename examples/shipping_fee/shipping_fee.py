"""What a parcel costs to send."""

FREE_FROM = 50_00
BASE = 4_90
BULKY = 15_00


def shipping_fee(total: int, member: bool, bulky: bool) -> int:
    """The fee in cents: members and large orders ship free, but a bulky parcel never does."""
    if total >= FREE_FROM and member and not bulky:
        return 0
    if bulky:
        return BULKY
    return BASE
