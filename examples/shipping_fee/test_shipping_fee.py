from shipping_fee import BASE, BULKY, shipping_fee


def test_small_order_pays():
    assert shipping_fee(10_00, member=False, bulky=False) == BASE


def test_members_ship_free():
    assert shipping_fee(10_00, member=True, bulky=False) == 0


def test_large_orders_ship_free():
    assert shipping_fee(50_00, member=False, bulky=False) == 0


def test_bulky_never_ships_free():
    assert shipping_fee(80_00, member=True, bulky=True) == BULKY
    assert shipping_fee(80_00, member=False, bulky=True) == BULKY


def test_bulky_and_small():
    assert shipping_fee(10_00, member=False, bulky=True) == BULKY
