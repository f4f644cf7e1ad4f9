"""The settings as frozen, strictly typed models; their defaults live in `config.toml` alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from sandbox.contract import Limits


def _variable_name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,63}", text):
        raise ValueError("must be the name of an environment variable, not a key")
    return text


def _address(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s/]+\S*", text):
        raise ValueError("must be an address that begins with http:// or https://")
    return text


Seconds = Annotated[float, Field(gt=0, le=86_400, allow_inf_nan=False)]
Temperature = Annotated[float, Field(ge=0, le=2, allow_inf_nan=False)]
Tokens = Annotated[int, Field(ge=0, le=10_000_000)]
# A variable's name, so that a key pasted here by mistake is refused and not shown.
VariableName = Annotated[str, AfterValidator(_variable_name)]
Address = Annotated[str, AfterValidator(_address)]
AddressOrNone = Annotated[str, AfterValidator(lambda text: text and _address(text))]

Money = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
Price = Annotated[list[Money], Field(min_length=2, max_length=2)]

ModelProviderName = Literal["ollama", "groq", "openai"]
ProviderName = Literal["search", "ollama", "groq", "openai", "replay"]
IsolationName = Literal["gvisor", "container", "namespace"]
ThinkName = Literal["auto", "off", "on", "low", "medium", "high"]
RuleSeverity = Literal["block", "warn", "off"]
PolicyName = Literal["strict", "standard", "files", "off"]
DottedName = Annotated[str, Field(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$", max_length=200)]


class Section(BaseModel):
    """What every section shares: frozen, no unknown key, no silent change of type."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class OllamaSettings(Section):
    """`[provider.ollama]`; `context_tokens` 0 is chosen from the prompt, `think` is for models that can."""

    host: Address
    model: str
    keep_alive: str
    connect_seconds: Seconds
    first_token_seconds: Seconds
    between_tokens_seconds: Seconds
    context_tokens: Tokens
    think: ThinkName


class GroqSettings(Section):
    """`[provider.groq]`; `base_url` "" is the service's own."""

    model: str
    key_env: VariableName
    base_url: AddressOrNone
    connect_seconds: Seconds
    first_token_seconds: Seconds
    between_tokens_seconds: Seconds


class OpenAISettings(Section):
    """`[provider.openai]`: any server that speaks the protocol."""

    base_url: Address
    model: str
    key_env: VariableName
    connect_seconds: Seconds
    first_token_seconds: Seconds
    between_tokens_seconds: Seconds
    context_tokens: Tokens


class ProviderSettings(Section):
    """`[provider]`: which one is used, and each one's own section.

    `chain` names several models' providers in order, in place of `name`: the next is asked when one
    fails, or after `chain_after` attempts (0: only on failure).
    """

    name: ProviderName
    chain: list[ModelProviderName]
    chain_after: Annotated[int, Field(ge=0, le=10_000)]
    ollama: OllamaSettings
    groq: GroqSettings
    openai: OpenAISettings


class SearchSettings(Section):
    """`[search]`: cheap fixes without a model."""

    first: bool
    between: bool
    recorded: bool
    seconds: Seconds
    alternatives: Annotated[int, Field(ge=0, le=100)]


class LoopSettings(Section):
    """`[loop]`: how long and how hard a run tries; `seed` -1 is not fixed, `samples` come at once."""

    attempts: Annotated[int, Field(ge=1, le=10_000)]
    seconds: Seconds
    repairs_per_seed: Annotated[int, Field(ge=0, le=1000)]
    temperature: Temperature
    max_temperature: Temperature
    max_tokens: Annotated[int, Field(ge=1, le=1_000_000)]
    seed: Annotated[int, Field(ge=-1, le=2**31 - 1)]
    samples: Annotated[int, Field(ge=1, le=64)]


class BudgetSettings(Section):
    """`[budget]` of one run beside `loop.seconds`; 0 is no limit. Money is in the currency of `[prices]`."""

    tokens: Annotated[int, Field(ge=0, le=10**12)]
    money: Money


class SandboxSettings(Section):
    """`[sandbox]`: which isolation, and the weakest that is allowed."""

    isolation: Literal["auto", "gvisor", "container", "namespace"]
    minimum: IsolationName
    docker_host: str
    image: str
    warm: Annotated[int, Field(ge=0, le=256)]


class LimitSettings(Section):
    """`[limits]` of one execution."""

    seconds: Seconds
    memory_mb: Annotated[int, Field(ge=32, le=1_048_576)]
    processes: Annotated[int, Field(ge=1, le=4096)]
    file_mb: Annotated[int, Field(ge=1, le=65_536)]
    disk_mb: Annotated[int, Field(ge=1, le=65_536)]
    output_kb: Annotated[int, Field(ge=1, le=65_536)]

    def to_limits(self) -> Limits:
        """The same as the sandbox's contract has it."""
        return Limits(**self.model_dump())


class GuardrailSettings(Section):
    """`[guardrails]`; `severity` maps a rule id to `block`, `warn` or `off`, over what `policy` says.

    `allow` names what may be used whatever the policy: "open", "os.environ".
    """

    enabled: bool
    policy: PolicyName
    allow: list[DottedName]
    severity: Mapping[str, RuleSeverity]


class CacheSettings(Section):
    """`[cache]` of executions."""

    enabled: bool
    size_mb: Annotated[int, Field(ge=1, le=1_048_576)]


class PathSettings(Section):
    """`[paths]`; "" is the platform's own folder."""

    state: str
    cache: str


class ScreenSettings(Section):
    """`[screen]`."""

    theme: Annotated[str, Field(min_length=1)]


class LogSettings(Section):
    """`[log]`."""

    level: Literal["debug", "info", "warning", "error"]


class Config(Section):
    """All settings; `keys` maps a binding's id to its keys, separated by commas.

    `prices` maps "provider/model" to the price of a million prompt tokens and a million answered ones.
    """

    provider: ProviderSettings
    search: SearchSettings
    loop: LoopSettings
    budget: BudgetSettings
    prices: Mapping[str, Price]
    sandbox: SandboxSettings
    limits: LimitSettings
    guardrails: GuardrailSettings
    cache: CacheSettings
    paths: PathSettings
    screen: ScreenSettings
    keys: Mapping[str, str]
    log: LogSettings
