"""`config set` changes one value and keeps what the user wrote around it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.config import load
from engine.config_write import set_value
from engine.errors import ConfigError

WRITTEN = """\
# my settings
[loop]                     # tuned
attempts = 3   # enough
# temperature comes later

[provider.ollama]
model = "a # b" # odd name
"""


def test_one_value_changes_and_every_comment_stays(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(WRITTEN)
    set_value(path, "loop.attempts", "12")
    assert path.read_text() == WRITTEN.replace("attempts = 3 ", "attempts = 12 ")
    set_value(path, "provider.ollama.model", "qwen")
    assert path.read_text().endswith('model = "qwen" # odd name\n')
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_new_value_joins_its_section(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(WRITTEN)
    set_value(path, "loop.seconds", "9")
    assert "attempts = 3   # enough\nseconds = 9.0\n# temperature" in path.read_text()
    set_value(path, "search.first", "false")
    assert path.read_text().endswith("\n\n[search]\nfirst = false\n")
    set_value(path, "keys.attempt.next", "j,down")
    set_value(path, "guardrails.severity.G9", "off")
    config = load(path, cwd=tmp_path, environ={})
    assert config.keys == {"attempt.next": "j,down"}
    assert config.guardrails.severity == {"G9": "off"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[loop]",
        "loop.seconds = 4\n",
        "loop.attempts = 4 # here",
        "['loop']\n\"attempts\" = 4\n",
        "[loop]\r\nseconds = 4\r\n",
        "[keys]\nx = '''\n[loop]\nattempts = 9\n'''\n[loop]\nattempts = 9\n",
        "[provider]\nname = 'search'\n[provider.ollama]\nmodel = 'attempts = 4'\n[loop]\nattempts = 4",
    ],
)
def test_every_way_to_write_a_file_keeps_its_meaning(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(text.encode())
    before = tomllib.loads(text)
    set_value(path, "loop.attempts", "5")
    after = tomllib.loads(path.read_bytes().decode())
    assert after["loop"].pop("attempts") == 5
    before.get("loop", {}).pop("attempts", None)
    assert after == {"loop": {}, **before}


@given(st.text(st.characters(codec="utf-8"), max_size=30))
def test_any_text_survives_being_set(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("set") / "config.toml"
    set_value(path, "provider.openai.model", text)
    assert load(path, cwd=path.parent, environ={}).provider.openai.model == text


@pytest.mark.parametrize(
    "key, value, said",
    [
        ("loop.atempts", "3", "Did you mean loop.attempts"),
        ("loop", "3", "no setting 'loop'"),
        ("keys", "3", "no setting 'keys'"),
        ("loop.attempts", "0", "greater than or equal to 1"),
        ("loop.attempts", "x", "valid integer"),
        ("provider.groq.key_env", "gsk-1234", "the name of an environment variable"),
    ],
)
def test_a_wrong_value_is_refused_before_it_is_written(
    tmp_path: Path, key: str, value: str, said: str
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(WRITTEN)
    with pytest.raises(ConfigError) as caught:
        set_value(path, key, value)
    assert said in str(caught.value)
    assert path.read_text() == WRITTEN


def test_a_file_that_cannot_be_edited_line_by_line_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    for text, said in (("loop = { attempts = 3 }\n", "cannot be changed here"), ("[loop\n", ":1: not valid")):
        path.write_text(text)
        with pytest.raises(ConfigError, match=said):
            set_value(path, "loop.attempts", "4")
        assert path.read_text() == text
