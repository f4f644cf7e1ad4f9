import pytest

from merge_intervals import merge_intervals


def test_nothing_booked():
    assert merge_intervals([]) == []


def test_apart_stay_apart():
    assert merge_intervals([(540, 600), (660, 720)]) == [(540, 600), (660, 720)]


def test_overlapping_are_one():
    assert merge_intervals([(540, 630), (600, 660)]) == [(540, 660)]


def test_one_inside_another():
    assert merge_intervals([(540, 720), (560, 580)]) == [(540, 720)]


@pytest.mark.parametrize(
    "bookings, expected",
    [
        ([(540, 600), (600, 660)], [(540, 660)]),
        ([(600, 660), (540, 600), (660, 690)], [(540, 690)]),
    ],
)
def test_touching_are_one(bookings, expected):
    assert merge_intervals(bookings) == expected
