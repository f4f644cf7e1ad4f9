"""Families of models that are better asked in another way than the rest."""

from __future__ import annotations

import re

THINKING, PLAIN = "thinking", "plain"
FAMILIES = (THINKING, PLAIN)
"""`thinking`: reasons before it answers, so a wish for a sentence of reasoning costs tokens for nothing.
`plain`: an older or small model of code, which copies SEARCH lines inexactly and loses long instructions.
"""

_THINKING = re.compile(
    r"deepseek-r\d|\bqwq\b|gpt-oss|magistral|\bo[134](-|\b)|[-_:/]r1\b|thinking|reason|qwen3(?!.*(instruct|coder))",
    re.I,
)
_PLAIN = re.compile(
    r"code-?llama|star-?coder|wizard-?coder|santacoder|code-?gemma|stable-code|phind|\bphi-?[123]\b|tiny-?llama"
    r"|deepseek-coder(?!-v2)|granite-code|llama-?2|[-_:]0\.5b|[-_:]1(\.\d)?b",
    re.I,
)


def family_of(model: str) -> str:
    """The family that a model's name belongs to, "" for the many that are asked in the usual way."""
    if _THINKING.search(model):
        return THINKING
    return PLAIN if _PLAIN.search(model) else ""
