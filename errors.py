"""What can go wrong, and what we say then.

An error knows three things: what the log says (its text), which sentence the person hears (``sentence``, a
name in ``content/replies.yaml``), and whether trying again helps (``again``). Foreign exceptions are turned
into these at the edge of the room that met them.
"""

from __future__ import annotations

REMEDIES = {
    0: "look at WECHAT_API_BASE and at this machine's way to the network",
    40013: "WECHAT_APP_ID is not the account's",
    40125: "WECHAT_APP_SECRET is not the account's",
    40164: "add this machine's address to the IP white list in the account console",
    48001: "the account may not make this call: is it a verified service account?",
    45009: "the account's calls of today are used up: try again tomorrow",
}
"""WeChat's error numbers (0: no answer) that the operator can do something about, and what."""


class ShutongError(Exception):
    """Anything the house raises on purpose."""

    sentence = "sorry"
    again = False


class Refused(ShutongError):
    """The caller is not who it must be, or what it sent has no shape we accept. HTTP 403, nothing stored."""


class SettingWrong(ShutongError):
    """A setting cannot be used. The text names the variable and shows an example."""

    def __init__(self, name: str, problem: str, example: str) -> None:
        super().__init__(f"{name}: {problem} — e.g. {name}={example}")
        self.name = name


class StoreBusy(ShutongError):
    """The database did not take the work in time (locked) or cannot be written. Nothing was stored."""

    sentence = "busy"
    again = True


class Overtaken(ShutongError):
    """What an answer rests on was taken by somebody else before it could be stored: decide anew. Nothing was stored."""

    sentence = "busy"


class StoreBehind(ShutongError):
    """The database has no tables, or older ones than this program."""


class PlatformError(ShutongError):
    """WeChat answered with an error number, or not at all (``errcode`` 0 then).

    ``rid`` is what WeChat's own support asks for; ``again`` is true for "system busy" and for silence. ``unclear``:
    the call may have had its effect (no answer, or "system busy", after which messages were seen to arrive).
    ``known_as``: what WeChat calls the mass send that it has under our id already (45065), "" otherwise.
    """

    def __init__(
        self, call: str, errcode: int, errmsg: str, rid: str = "", unclear: bool = False, known_as: str = ""
    ) -> None:
        told = f"{call} failed: {errcode} {errmsg}" + (f" (rid {rid})" if rid else "")
        super().__init__(f"{told} — {REMEDIES[errcode]}" if errcode in REMEDIES else told)
        self.errcode = errcode
        self.rid = rid
        self.again = errcode in (0, -1)
        self.unclear = unclear or errcode == -1
        self.known_as = known_as


class Declined(ShutongError):
    """A command was understood and is refused; the text is one sentence for the operator."""


class WriterSilent(ShutongError):
    """The endpoint that proposes wording gave nothing that can be used."""

    def __init__(self, why: str) -> None:
        super().__init__(f"the endpoint that proposes wording {why} — look at WORDING_URL, WORDING_KEY, WORDING_MODEL")


class PayDeclined(ShutongError):
    """WeChat Pay refused a call: nothing came of it. ``code`` is WeChat Pay's."""

    sentence = "pay_declined"

    def __init__(self, call: str, code: str, message: str = "") -> None:
        super().__init__(f"WeChat Pay declined {call}: {code} {message}".rstrip())
        self.code = code


class PayUnclear(ShutongError):
    """WeChat Pay gave no answer, or none that can be believed: the call may have had its effect."""

    sentence = "pay_unclear"
    again = True

    def __init__(self, call: str, why: str) -> None:
        super().__init__(f"WeChat Pay gave no clear answer to {call}: {why}")


class MoneyTrouble(ShutongError):
    """Money came, or was to go back, in a way an operator must look at."""


class BadSignature(Refused):
    """What claims to come from WeChat Pay is not signed by it, is too old, or cannot be decrypted. HTTP 401."""
