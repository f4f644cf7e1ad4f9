"""A dict that changed is told from one that did not."""

from __future__ import annotations

import pytest

from sandbox.harness import versions


@pytest.mark.parametrize("numbered", [True, False])
def test_a_change_is_overlooked(numbered: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if numbered and not versions.NUMBERED:
        pytest.skip("this interpreter does not number its dicts")
    monkeypatch.setattr(versions, "NUMBERED", numbered)
    first: dict[str, object] = {"a": 1, "b": 2}
    second: dict[str, object] = {"c": 3}
    watched = versions.Versions([first, second])
    before = watched.now()
    assert first.get("a") == 1 and list(second) == ["c"]
    assert watched.now() == before
    second["c"] = 4
    changed = watched.now()
    assert changed != before and changed[0] == before[0]
    del first["b"]
    assert watched.now()[0] != changed[0]
