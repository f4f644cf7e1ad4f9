"""Who the server of the browser's screen lets in."""

from __future__ import annotations

import pytest

from tui.web.doorkeeper import WRONG_HOST, WRONG_ORIGIN, WRONG_TOKEN, Doorkeeper, is_loopback, new_token


@pytest.mark.parametrize(
    ("host", "known", "known_exposed"),
    [
        ("127.0.0.1:8000", True, True),
        ("127.0.0.1:9000", True, True),  # forwarded by ssh under another port
        ("localhost:8000", True, True),
        ("LOCALHOST.", True, True),
        ("[::1]:8000", True, True),
        ("127.8.9.1", True, True),
        ("box.example:8000", True, True),
        ("192.0.2.7:8000", False, True),
        ("[2001:db8::1]:8000", False, True),
        ("evil.example:8000", False, False),
        ("127.0.0.1.evil.example", False, False),
        ("localhost.evil.example", False, False),
        ("evil.example@127.0.0.1", False, False),
        ("127.1", False, False),
        ("", False, False),
        (":8000", False, False),
        ("[::1", True, True),
    ],
)
def test_only_our_own_names_are_answered(host: str, known: bool, known_exposed: bool) -> None:
    for exposed, answer in ((False, known), (True, known_exposed)):
        keeper = Doorkeeper("secret", frozenset({"localhost", "box.example"}), exposed)
        refusal = keeper.refusal(token="secret", host=host, origin=None, by_script=False)
        assert refusal == ("" if answer else WRONG_HOST)


@pytest.mark.parametrize("token", ["", "secre", "secret ", "SECRET", "sécret", "\udcff", "secret\0"])
def test_a_wrong_token_is_refused(token: str) -> None:
    keeper = Doorkeeper("secret")
    assert keeper.refusal(token=token, host="localhost", origin=None, by_script=False) == WRONG_TOKEN


@pytest.mark.parametrize(
    ("origin", "by_script", "refused"),
    [
        (None, False, False),
        (None, True, True),
        ("http://localhost:8000", True, False),
        ("https://localhost:8000", True, False),
        ("http://localhost:8001", True, True),
        ("http://127.0.0.1:8000", True, True),
        ("http://evil.example", False, True),
        ("file://localhost:8000", True, True),
        ("null", True, True),
        ("http://[::1", True, True),
    ],
)
def test_only_our_own_page_may_ask(origin: str | None, by_script: bool, refused: bool) -> None:
    keeper = Doorkeeper("secret")
    refusal = keeper.refusal(token="secret", host="localhost:8000", origin=origin, by_script=by_script)
    assert refusal == (WRONG_ORIGIN if refused else "")


def test_a_token_is_long_new_each_time_and_not_shown() -> None:
    assert len(new_token()) >= 43
    assert new_token() != new_token()
    keeper = Doorkeeper.of(["Box.Example."])
    assert keeper.token not in repr(keeper)
    assert keeper.names == {"localhost", "box.example"}


def test_what_loopback_is() -> None:
    assert all(map(is_loopback, ("localhost", "127.0.0.1", "127.3.2.1", "::1")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "192.0.2.7", "localhost.example", "box", "")))
