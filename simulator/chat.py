"""What one follower's chat shows."""

from dataclasses import dataclass
from typing import Any

from simulator import richtext


@dataclass(frozen=True)
class ChatEntry:
    """One line of the chat. `sender` is follower, account, or note (grey words of the client itself).

    `kind` is a message type (text, image, news, …), or for notes `event`, `success` (the bot chose silence)
    and `failure` (the failure sentence).
    """

    seq: int
    at: float
    sender: str
    kind: str
    text: str = ""
    content: dict[str, Any] | None = None
    channel: str = ""

    def as_json(self) -> dict[str, Any]:
        """The entry with `parts`, the text cut into plain pieces and links."""
        return {
            "seq": self.seq,
            "at": self.at,
            "sender": self.sender,
            "kind": self.kind,
            "text": self.text,
            "channel": self.channel,
            "content": self.content or {},
            "parts": richtext.parts(self.text) if self.sender == "account" else [{"text": self.text}],
        }
