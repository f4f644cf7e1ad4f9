from running_best import running_best


def test_falling_times():
    assert running_best([62.0, 61.5, 60.9]) == [62.0, 61.5, 60.9]


def test_a_slow_lap_does_not_count():
    assert running_best([61.0, 64.2, 60.0]) == [61.0, 61.0, 60.0]


def test_single_lap():
    assert running_best([70.1]) == [70.1]


def test_no_laps_yet():
    assert running_best([]) == []
