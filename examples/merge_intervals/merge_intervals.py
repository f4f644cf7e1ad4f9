"""Bookings of a meeting room, merged for the wall display."""


def merge_intervals(bookings: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Merge bookings that overlap or touch; each is (start, end) in minutes."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(bookings):
        if merged and start < merged[-1][1]:
            last_start, last_end = merged[-1]
            merged[-1] = (last_start, max(last_end, end))
        else:
            merged.append((start, end))
    return merged
