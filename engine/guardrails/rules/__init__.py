"""The rules by family; `engine.guardrails.RULES` is all of them."""
