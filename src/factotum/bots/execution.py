"""What an action or a condition works with: placeholders, scripts, the clock, where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from factotum.bots.answers import looks_at
from factotum.bots.effects import LoadRecord, Note, ReadClock
from factotum.bots.flow import Untold
from factotum.bots.variables import whole_number
from factotum.core.errors import BadInput
from factotum.core.values import Moment
from factotum.scripting.faults import NeedsRecord

if TYPE_CHECKING:
    from factotum.bots.behavior import Behavior
    from factotum.bots.flow import Steps
    from factotum.bots.frames import Frame
    from factotum.bots.interpreter import Interpreter
    from factotum.bots.scope import Scope

_MAX_RECORDS = 100


class Clock:
    """The moment of one node, asked for when its first script needs it."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._moment: Moment | None = None
        self._draws = 0

    def read(self) -> Steps[Moment]:
        """The node's moment, with a seed of its own for every script."""
        if self._moment is None:
            self._moment = yield ReadClock(path=self._path)
        self._draws += 1
        return Moment(self._moment.at, self._moment.seed + self._draws)

    def forget(self) -> None:
        """Time has passed: the next script asks anew."""
        self._moment = None


class Execution:
    """One action (or one outcome's conditions) being done.

    ``filled`` is what the journal shows of it, ``status`` how it went (``ok``, ``failed``,
    ``skipped``, ``not-sent``), ``origins`` the answers of services it has read so far.
    """

    def __init__(
        self,
        interpreter: Interpreter,
        frame: Frame,
        path: str,
        clock: Clock,
        params: Mapping[str, Any] = MappingProxyType({}),
        *,
        key: str = "",
    ) -> None:
        self.interpreter = interpreter
        self.frame = frame
        self.path = path
        self.clock = clock
        self.params = params
        self.key = key
        self.filled: dict[str, Any] = {}
        self.status = "ok"
        self.origins: frozenset[int] = frozenset()

    @property
    def scope(self) -> Scope:
        """The behavior's placeholders."""
        return self.frame.scope

    @property
    def behavior(self) -> Behavior:
        """The behavior that is being walked."""
        return self.frame.behavior

    @property
    def simulate(self) -> bool:
        """Whether this is a simulation."""
        return self.interpreter.simulate

    # Reading

    def param(self, key: str, default: str = "") -> str:
        """A param as it stands, as text."""
        value = self.params.get(key)
        return default if value is None else str(value)

    def fill(self, key: str, default: str = "") -> Steps[str]:
        """A param that is a template, with its values filled in; the journal shows it."""
        text = yield from self.render(self.param(key, default))
        self.filled[key] = text
        return text

    def fill_bytes(self, key: str) -> Steps[str]:
        """The same where bytes are wanted: those that are no UTF-8 stay, as surrogate escapes."""
        text = yield from self.render(self.param(key), keeps_bytes=True)
        self.filled[key] = text.encode("utf-8", "replace").decode()
        return text

    def render(self, script: str, *, keeps_bytes: bool = False) -> Steps[str]:
        """A script's text; raises ScriptFault. Records that it reads are loaded as needed."""
        if "{" not in script:
            return script
        moment = yield from self.clock.read()
        interpreter, scope = self.interpreter, self.scope
        outer, scope.reads = scope.reads, set()
        for _ in range(_MAX_RECORDS):
            try:
                text = interpreter.scripts.render(
                    script,
                    scope,
                    now=moment.at,
                    seed=moment.seed,
                    timezone=interpreter.timezone,
                    keeps_bytes=keeps_bytes,
                )
            except NeedsRecord as need:
                yield from self.load(need.prefix)
                continue
            self._note_reads(script)
            scope.reads |= outer
            return text
        raise BadInput(f"The script reads more than {_MAX_RECORDS} records.")

    def read(self, name: str) -> Steps[Any]:
        """A placeholder's value, its record loaded as needed; None where there is none."""
        while True:
            try:
                value = self.scope.get(name)
            except NeedsRecord as need:
                yield from self.load(need.prefix)
                continue
            self.origins |= self.scope.origins.get(name, frozenset())
            return value

    def load(self, prefix: str) -> Steps[None]:
        """Load the record at a prefix, so that its fields can be read."""
        ref = self.scope.ref(prefix)
        if ref is not None:
            record = yield LoadRecord(path=self.path, ref=ref)
            self.scope.load(prefix, record or {})

    def timestamp(self, text: str) -> Steps[int | str]:
        """Seconds since 1970 of a date as a person writes it (``+2 days``, ``Friday 8am``)."""
        if not text.strip():
            return ""
        if text.strip().isdecimal():
            return whole_number(text)
        moment = yield from self.clock.read()
        seconds = self.interpreter.scripts.render(
            "{{ when|date('U') }}",
            {"when": text},
            now=moment.at,
            seed=moment.seed,
            timezone=self.interpreter.timezone,
        )
        if not seconds.lstrip("-").isdecimal() or (seconds == "0" and "1970" not in text):
            raise BadInput(f"“{text}” is no date. Write it like “tomorrow 8am” or “2026-05-31”.")
        return whole_number(seconds)

    def _note_reads(self, script: str) -> None:
        scope = self.scope
        tainted = {name for name in scope.reads if name in scope.origins}
        for name in tainted:
            self.origins |= scope.origins[name]
            if looks_at(script, {name}):
                self.interpreter.answers.look_at(scope.origins[name])

    # Writing

    def set(self, name: str, value: Any) -> None:
        """Set a placeholder; it remembers which answers it was made from."""
        self.scope[name] = value
        if self.origins:
            self.scope.origins[name] = self.origins

    def warn(self, sentence: str, **data: Any) -> Steps[None]:
        """Put a warning into the run's journal."""
        yield Note(path=self.path, kind="warning", title=sentence, data=data)

    def tell_failure(self) -> None:
        """Called before the bot speaks: Untold where a failed answer was never looked at."""
        failure = self.interpreter.answers.tell() if self.interpreter.in_chat else None
        if failure is not None:
            self.status = "skipped"
            raise Untold(failure)
