"""What can go wrong, and what happens next.

    FactotumError
    ├── BadInput            the caller mends the input; nothing was changed
    │   ├── BadPackage      … a package; each fault names its JSON path
    │   ├── ScriptFault     … a script; names line and column
    │   └── BehaviorFault   … a behavior's tree or a step of it; names the node
    ├── NotFound            no such record
    ├── Refused             we will not do it: not allowed, not that host, not that address
    │   ├── NotInCharge     … this process may have been taken for dead; nothing was sent
    │   └── Conflict        … as it stands now: it is over, or somebody was faster
    ├── LinkFailed          linking an account did not work; the account keeps what it had
    ├── RelinkNeeded        the account's credentials are dead; a person links it again
    ├── RetryLater          there is no room now; try again after that many seconds
    └── NoAnswer            a request got no answer; ``sent`` tells whether bytes may have left

Every error has a stable ``code`` (kebab case; the API's problem ``code``) and a sentence that a
person can act on. The text never holds a secret.
"""

from __future__ import annotations

from dataclasses import dataclass


class FactotumError(Exception):
    """Base of every error this product raises on purpose."""

    code = "error"

    def __init__(self, sentence: str, *, code: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        if code is not None:
            self.code = code


class BadInput(FactotumError):
    """The input is faulty; ``fields`` maps a field's key to its own sentence."""

    code = "bad-input"

    def __init__(
        self, sentence: str, *, code: str | None = None, fields: dict[str, str] | None = None
    ) -> None:
        super().__init__(sentence, code=code)
        self.fields = fields or {}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault in a document: ``path`` is where (``bots[0].behaviors[2].uid``), ``hint`` what to do."""

    code: str
    path: str
    sentence: str
    hint: str = ""
    record: str = ""

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        return f"{where}{self.sentence}{' ' + self.hint if self.hint else ''}"


class BadPackage(BadInput):
    """A package cannot be imported; nothing was written. ``faults`` is never empty."""

    code = "bad-package"

    def __init__(self, faults: list[Fault]) -> None:
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        super().__init__(f"{faults[0]}{more}", code=faults[0].code)
        self.faults = faults


class ScriptFault(BadInput):
    """A script cannot be read or run; ``line`` counts from 1, 0 where unknown."""

    code = "script-fault"

    def __init__(self, sentence: str, *, line: int = 0, code: str | None = None) -> None:
        super().__init__(f"Line {line}: {sentence}" if line else sentence, code=code)
        self.line = line


class BehaviorFault(BadInput):
    """A behavior cannot be read or a step of it cannot be done; ``node`` is its path in the tree."""

    code = "behavior-fault"

    def __init__(self, sentence: str, *, node: str = "", code: str | None = None) -> None:
        super().__init__(sentence, code=code)
        self.node = node


class NotFound(FactotumError):
    """There is no such thing, or not for this person."""

    code = "not-found"


class Refused(FactotumError):
    """We will not do it, and say why; asking again changes nothing.

    ``sent`` is True where a request had already left when this was decided: a redirect leads where
    we do not go, an answer is too large. Whoever keeps a ledger must not take it for "not done".
    """

    code = "refused"

    def __init__(self, sentence: str, *, code: str | None = None, sent: bool = False) -> None:
        super().__init__(sentence, code=code)
        self.sent = sent


class NotInCharge(Refused):
    """This process stood still for so long that another may do its work; nothing was sent."""

    code = "not-in-charge"


class Conflict(Refused):
    """Not as things stand now: it has ended, or somebody was faster; nothing was changed."""

    code = "conflict"


class LinkFailed(FactotumError):
    """Linking did not work; the account keeps what it had. The code tells which way it failed."""

    code = "link-failed"


class RelinkNeeded(FactotumError):
    """The account's credentials no longer work; a person has to link it again."""

    code = "relink-needed"


class RetryLater(FactotumError):
    """No room now; ``after`` is in seconds from now, ``until`` in seconds since 1970 where known."""

    code = "retry-later"

    def __init__(
        self,
        sentence: str,
        *,
        after: float,
        code: str | None = None,
        until: float | None = None,
    ) -> None:
        super().__init__(sentence, code=code)
        self.after = after
        self.until = until


class NoAnswer(FactotumError):
    """A request got no answer. ``sent`` is False only when it is certain that nothing left."""

    code = "no-answer"

    def __init__(self, sentence: str, *, sent: bool, code: str | None = None) -> None:
        super().__init__(sentence, code=code)
        self.sent = sent
