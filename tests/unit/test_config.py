"""Configuration: five layers, checked key by key, and every mistake named with its place."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from engine.config import Config, default_file, load, load_with_origins
from engine.config_keys import FIELDS, TABLES
from engine.errors import ConfigError
from sandbox.contract import Limits


class Layers:
    """A user's file, a project's file, an environment and options, each to be filled."""

    def __init__(self, folder: Path) -> None:
        self.user = folder / "user.toml"
        self.user.write_text("")
        self.project = folder / "project"
        (self.project / "deep" / "down").mkdir(parents=True)

    def load(
        self,
        user: str = "",
        project: str = "",
        environ: Mapping[str, str] | None = None,
        overrides: Mapping[str, object] | None = None,
    ) -> tuple[Config, Mapping[str, str]]:
        self.user.write_text(user)
        if project:
            (self.project / ".coder-tui.toml").write_text(project)
        return load_with_origins(self.user, overrides, self.project / "deep" / "down", environ or {})


@pytest.fixture
def layers(tmp_path: Path) -> Layers:
    return Layers(tmp_path)


def test_the_shipped_file_names_every_setting(layers: Layers) -> None:
    config, origins = layers.load()
    assert set(origins) == set(FIELDS) - set(TABLES)
    assert set(origins.values()) == {"default"}
    assert config.limits.to_limits() == Limits()
    assert default_file().is_file()


def test_the_stronger_layer_wins_and_is_named(layers: Layers) -> None:
    environ = {"CODER_TUI_LOOP__REPAIRS_PER_SEED": "3", "CODER_TUI_LOOP__SEED": "3"}
    config, origins = layers.load(
        "[loop]\nattempts = 1\nseconds = 1\nrepairs_per_seed = 1\nseed = 1\n",
        "[loop]\nseconds = 2.5\nrepairs_per_seed = 2\nseed = 2\n",
        environ,
        {"loop.seed": 4, "loop.max_tokens": None},
    )
    loop = config.loop
    assert (loop.attempts, loop.seconds, loop.repairs_per_seed, loop.seed) == (1, 2.5, 3, 4)
    assert loop.max_tokens == 2048
    assert origins["loop.attempts"] == str(layers.user)
    assert origins["loop.seconds"] == str(layers.project / ".coder-tui.toml")
    assert origins["loop.repairs_per_seed"] == "CODER_TUI_LOOP__REPAIRS_PER_SEED"
    assert origins["loop.seed"] == "command line"
    assert origins["loop.max_tokens"] == "default"


@pytest.mark.parametrize(
    "text, said",
    [
        ("[loop]\natempts = 3\n", "no setting 'loop.atempts'. Did you mean loop.attempts?"),
        ("[lop]\nattempts = 3\n", "no setting 'lop'. Did you mean loop?"),
        ("attempts = 3\n", "no setting 'attempts'. Did you mean loop.attempts?"),
        ("[loop]\nattempts = 0\n", "loop.attempts = 0: input should be greater than or equal to 1"),
        ("[loop]\nattempts = '3'\n", "loop.attempts = '3': input should be a valid integer"),
        ("[loop]\nattempts = true\n", "loop.attempts = True: input should be a valid integer"),
        ("[search]\nfirst = 1\n", "search.first = 1: input should be a valid boolean"),
        ("[limits]\nseconds = inf\n", "limits.seconds = inf: input should be a finite number"),
        ("loop = 3\n", "loop is a section"),
        ("[sandbox]\nminimum = 'auto'\n", "should be 'gvisor', 'container' or 'namespace'"),
        ("[guardrails.severity]\nG9 = 'loud'\n", "guardrails.severity.G9 = 'loud': input should be 'block'"),
        ("[loop]\nattempts = 3\n[search\n", ":3: not valid TOML"),
        ("x = " + "[" * 5000, "nested too deep"),
        ("a = 1\na = 2\n", "not valid TOML"),
    ],
)
def test_a_mistake_in_a_file_is_one_line_with_its_place(layers: Layers, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        layers.load(text)
    assert str(layers.user) in str(caught.value)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "environ, said",
    [
        ({"CODER_TUI_LOOP__ATTEMPTS": "many"}, "CODER_TUI_LOOP__ATTEMPTS: loop.attempts = 'many'"),
        ({"CODER_TUI_LOOP__ATEMPTS": "3"}, "Did you mean loop.attempts"),
        ({"CODER_TUI_SANDBOX__ISOLATION": "gvisr"}, "should be 'auto', 'gvisor'"),
    ],
)
def test_a_mistake_in_a_variable_names_it(layers: Layers, environ: Mapping[str, str], said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        layers.load(environ=environ)
    assert said in str(caught.value)


def test_variables_are_read_in_the_type_of_their_setting(layers: Layers) -> None:
    config, _ = layers.load(
        environ={
            "CODER_TUI_SEARCH__FIRST": "no",
            "CODER_TUI_LIMITS__SECONDS": "2.5",
            "CODER_TUI_PROVIDER__OLLAMA__MODEL": "7",
            "CODER_TUI_GUARDRAILS__SEVERITY__G9": "off",
            "CODER_TUI_REQUIRE_GVISOR": "1",
            "CODER_TUI_SHARED": "/nowhere",
            "PATH": "/bin",
        }
    )
    assert config.search.first is False
    assert config.limits.seconds == 2.5
    assert config.provider.ollama.model == "7"
    assert config.guardrails.severity == {"G9": "off"}


@pytest.mark.parametrize(
    "text",
    [
        "[guardrails]\nenabled = false\n",
        "[guardrails.severity]\nG9 = 'off'\n",
        "[sandbox]\nminimum = 'namespace'\n",
        "[sandbox]\ndocker_host = 'tcp://elsewhere:1'\n",
        "[provider]\nname = 'groq'\n",
        "[provider.ollama]\nhost = 'http://elsewhere:1'\n",
        "[provider.groq]\nkey_env = 'AWS_SECRET_ACCESS_KEY'\n",
        "[paths]\nstate = '/tmp/x'\n",
        "[cache]\nenabled = false\n",
        "[limits]\nmemory_mb = 100000\n",
        "[limits]\nseconds = nan\n",
    ],
)
def test_a_project_cannot_loosen_what_protects_its_user(layers: Layers, text: str) -> None:
    with pytest.raises(ConfigError, match=r"\.coder-tui\.toml: a project may"):
        layers.load(project=text)


def test_a_project_may_lower_limits(layers: Layers) -> None:
    assert layers.load(project="[limits]\nmemory_mb = 128\n")[0].limits.memory_mb == 128


def test_what_may_be_secret_is_not_repeated(layers: Layers) -> None:
    for text in (
        "[provider.groq]\nkey_env = 'gsk-hidden'\n",
        "[provider.openai]\nbase_url = 'ftp://me:gsk-hidden@host'\n",
        "[provider.openai]\nbase_url = 5\nmodel = 'gsk-hidden'\n",
    ):
        with pytest.raises(ConfigError) as caught:
            layers.load(text)
        assert "gsk-hidden" not in str(caught.value)


def test_a_named_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"absent\.toml"):
        load(tmp_path / "absent.toml", cwd=tmp_path, environ={})
    with pytest.raises(ConfigError, match="UTF-8"):
        (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
        load(tmp_path / "binary.toml", cwd=tmp_path, environ={})


def test_the_users_file_can_be_named_by_a_variable(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("[loop]\nattempts = 2\n")
    config = load(cwd=tmp_path, environ={"CODER_TUI_CONFIG": str(tmp_path / "mine.toml")})
    assert config.loop.attempts == 2


def test_configuration_does_not_load_providers_or_screens() -> None:
    code = (
        "import sys, engine.config;"
        "bad = {'textual', 'ollama', 'groq', 'docker', 'httpx'} & set(sys.modules);"
        "assert not bad, bad"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_every_setting_is_explained() -> None:
    text = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text()
    assert [key for key in FIELDS if f"`{key}`" not in text] == []


def test_lists_are_read_from_variables_and_options(layers: Layers) -> None:
    environ = {
        "CODER_TUI_PROVIDER__CHAIN": '["ollama", "groq"]',
        "CODER_TUI_PRICES__groq/some-model": "0.5, 1",
    }
    config, _ = layers.load(environ=environ, overrides={"provider.chain_after": 3})
    assert config.provider.chain == ["ollama", "groq"]
    assert config.prices == {"groq/some-model": [0.5, 1.0]}
    assert layers.load(environ={"CODER_TUI_PROVIDER__CHAIN": ""})[0].provider.chain == []
    with pytest.raises(ConfigError, match=r"provider\.chain"):
        layers.load(environ={"CODER_TUI_PROVIDER__CHAIN": "ollama,search"})
    with pytest.raises(ConfigError, match="prices"):
        layers.load(environ={"CODER_TUI_PRICES__groq/m": "cheap"})
