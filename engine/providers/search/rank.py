"""Which of several patches that pass is the most natural one."""

from __future__ import annotations

from math import log

from engine.providers.search.mutation import Mutation

_LITERAL = 2.0
_PAIR = 3.0
_PER_CHARACTER = 0.02
_CONTRIVED = {
    "base-case": 0.3,
    "early-return": 2.0,
    "guard-statement": 0.7,
    "index-wrap": 1.0,
    "receiver-wrapped": 0.6,
    "skip": 0.6,
    "leave": 0.6,
    "narrow": 0.6,
    "widen": 0.6,
    "other-condition": 0.6,
    "always": 0.8,
    "never": 0.8,
    "return-literal": 1.5,
    "literal-of-tests": 1.0,
    "name-for-constant": 0.3,
}


def awkwardness(mutation: Mutation, likelihood: float, source: str) -> float:
    """0 is natural; more for unlikely templates, long edits, literals copied from the tests, and pairs."""
    parts = mutation.template.split("+")
    contrived = sum(_CONTRIVED.get(part, 0.0) for part in parts)
    return (
        -log(max(likelihood, 1e-6))
        + _PER_CHARACTER * mutation.size(source)
        + _LITERAL * mutation.literal
        + _PAIR * (len(parts) - 1)
        + contrived
    )
