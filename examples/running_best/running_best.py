"""The best result so far, lap by lap."""


def running_best(laps: list[float]) -> list[float]:
    """For each lap the fastest time up to and including it."""
    best = laps[0]
    seen = []
    for lap in laps:
        best = min(best, lap)
        seen.append(best)
    return seen
