"""G7: the environment, secrets in it, and secrets in the source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from engine.guardrails.family import Call, Family, Hit, each
from engine.guardrails.rule import block, warn
from engine.guardrails.values import Ref, texts

if TYPE_CHECKING:
    from engine.guardrails.resolve import Resolver

_NAME = re.compile(
    r"(secret|passw(or)?d|passwd|api_?key|_secret|access_?key|private_?key|auth_?token|_token$|^token$)", re.I
)
_KEY = re.compile(
    r"AKIA[0-9A-Z]{12,}|gh[pousr]_\w{20,}|sk-[\w-]{16,}|sk_live_\w{10,}|xox[abprs]-[\w-]{10,}|AIza[\w-]{30,}|"
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s*[\w/+=.]{4,}|eyJ[\w-]{10,}\.eyJ|"
    r"glpat-[\w-]{16,}|hf_\w{20,}|gsk_\w{20,}|"
    r"sk-ant-\w{10,}|npm_\w{30,}|pypi-[\w-]{30,}|dop_v1_\w{20,}|SG\.[\w-]{16,}\.[\w-]{16,}|"
    r"hooks\.slack\.com/services/T\w+/B\w+/\w+|AccountKey=[\w+/=]{20,}|"
    # A password within an address: with a digit, so not an example's "user:password".
    r"[a-z]://[^\s:/@]+:(?=[^\s@/]*\d)[^\s:@/]{8,}@"
)
# A name that says password, and a value that nobody would write as an example of the shape of one.
_PASSWORD = re.compile(r"(passw(or)?d|passwd|passphrase|pwd|secret)$", re.I)
_CHOSEN = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[^\s{}<>%$\\\[\]()^|:/]{8,64}")
_OPAQUE = re.compile(r"^[A-Za-z0-9+/_=.-]{16,}$")


def _secret(name: str, value: ast.expr | None) -> bool:
    text = value.value if isinstance(value, ast.Constant) else None
    if not isinstance(text, str) or len(text) > 10_000:
        return False
    opaque = _OPAQUE.match(text) and any(c.isdigit() for c in text) and any(c.isalpha() for c in text)
    chosen = _PASSWORD.search(name) and _CHOSEN.fullmatch(text)
    return bool(_KEY.search(text) or chosen or (opaque and _NAME.search(name)))


def shows_key(text: str) -> bool:
    """Whether a text is of a shape that only keys have."""
    return len(text) < 10_000 and _KEY.search(text) is not None


def _hard_coded(resolver: Resolver, node: ast.AST) -> Iterable[Hit]:
    if isinstance(node, ast.Call):
        if not node.keywords:
            return ()
        return [
            Hit("G703", keyword.value, keyword.arg or "a constant")
            for keyword in node.keywords
            if type(keyword.value) is ast.Constant and _secret(keyword.arg or "", keyword.value)
        ]
    if isinstance(node, ast.Assign | ast.AnnAssign):
        if type(node.value) is not ast.Constant:
            return ()
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        name = target.id if isinstance(target, ast.Name) else getattr(target, "attr", "")
        return [Hit("G703", node, name or "a constant")] if _secret(name, node.value) else ()
    if isinstance(node, ast.Dict):
        return [
            Hit("G703", value, key.value)
            for key, value in zip(node.keys, node.values, strict=True)
            if type(value) is ast.Constant
            and isinstance(key, ast.Constant)
            and isinstance(key.value, str)
            and _secret(key.value, value)
        ]
    return ()


def _setting(resolver: Resolver, node: ast.AST) -> Iterable[Hit]:
    """Setting a variable changes what later processes and libraries do."""
    if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
        for value in resolver.quiet(node.value):
            if isinstance(value, Ref) and value.path in ("os.environ", "os.environb"):
                yield Hit("G702", node, f"{value.path}[...]")


def _expanded(call: Call) -> Iterable[Hit]:
    if any("$" in text for text in texts(call.argument(0) or ())):
        yield call.hit("G701")


FAMILY = Family(
    rules=(
        warn(
            "G701", "Reads the environment", "{name} reads what belongs to the user's session",
            "Take the value as an argument.",
        ),
        block(
            "G702", "Changes the environment", "{name} changes the process's environment",
            "Pass the value to the function that needs it.",
        ),
        warn(
            "G703", "Secret in the source", "{name} looks like a key or password",
            "Take it as an argument; keep secrets out of code.",
        ),
        block(
            "G704", "Password stores", "{name} reads stored passwords or accounts",
            "Take what is needed as an argument.",
        ),
    ),
    paths={
        **each("G701", "os", "environ environb getenv getenvb getlogin get_exec_path ctermid"),
        **each("G702", "os", "putenv unsetenv environ.update environ.setdefault environ.pop environ.clear "
            "environ.popitem"),
        **each("G701", "os", "uname getuid geteuid getgid getegid getgroups getppid getloadavg sysconf "
            "confstr"),
        **each("G701", "getpass", "getuser getpass"), "getpass": "G701", "pwd": "G704", "spwd": "G704",
        "grp": "G704",
        "keyring": "G704", "netrc": "G704", "secretstorage": "G704", "dotenv": "G701", "decouple": "G701",
        "environs": "G701", "browser_cookie3": "G704", "nis": "G704",
        **each("G701", "platform", "node uname"),
    },
    calls={"os.path.expandvars": _expanded},
    nodes={
        ast.Assign: (_hard_coded,), ast.AnnAssign: (_hard_coded,), ast.Call: (_hard_coded,),
        ast.Dict: (_hard_coded,),
        ast.Subscript: (_setting,),
    },
)  # fmt: skip
