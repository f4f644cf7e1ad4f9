"""A request as the messages of a chat: what the model reads, in the roles that all servers share."""

from __future__ import annotations

from engine.providers.base import Request

GO_ON = (
    "Your answer reached its length limit. Go on exactly where it stopped: "
    "do not repeat anything and do not explain."
)


def messages(request: Request) -> list[dict[str, str]]:
    """The prompt, and for an answer that broke off what was said so far and the wish to go on."""
    prompt = [
        {"role": "system", "content": request.prompt.system},
        {"role": "user", "content": request.prompt.user},
    ]
    if not request.said:
        return prompt
    return [*prompt, {"role": "assistant", "content": request.said}, {"role": "user", "content": GO_ON}]
