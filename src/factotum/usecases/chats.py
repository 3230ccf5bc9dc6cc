"""Conversations with bots, one turn at a time. Each turn is a run of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from factotum.bots.behavior import Behavior
from factotum.bots.effects import Effect
from factotum.bots.interpreter import Scripts
from factotum.core.errors import FactotumError, NotFound, Refused
from factotum.core.ports import Clock, Store, Threads
from factotum.core.values import Actor, Owner, Record, Ref
from factotum.records.ownership import may_look, may_use
from factotum.runs.attended import Driver, Parked
from factotum.runs.context import RunContext
from factotum.runs.ports import Conversation, Conversations
from factotum.runs.records import placeholders
from factotum.runs.turn import Turn
from factotum.usecases import chat_state
from factotum.usecases.behavior_book import BehaviorBook
from factotum.usecases.chat_menu import MenuEntry
from factotum.usecases.runner import Runner


class FileKeeper(Protocol):
    """Keeps the bytes of files."""

    def keep(self, name: str, mime_type: str, content: bytes, owner: Owner) -> Record:
        """A new file as a record."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person answers: a message, chosen ids, or a file (name, media type, bytes)."""

    message: str = ""
    ids: Sequence[int] = ()
    file: tuple[str, str, bytes] | None = None


class Chats:
    """A worker's own conversations."""

    def __init__(
        self,
        *,
        conversations: Conversations,
        book: BehaviorBook,
        driver: Driver,
        runner: Runner,
        scripts: Scripts,
        store: Store,
        files: FileKeeper,
        threads: Threads,
        clock: Clock,
    ) -> None:
        self._conversations = conversations
        self._book = book
        self._driver = driver
        self._runner = runner
        self._scripts = scripts
        self._store = store
        self._files = files
        self._threads = threads
        self._clock = clock

    async def start(self, actor: Actor, entry: MenuEntry) -> Conversation:
        """Begin what a menu entry names, up to the bot's first question."""
        if actor.worker_id is None:
            raise Refused("A chat needs a person who is signed in.", code="needs-a-person")
        behavior = await self._offered(actor, entry)
        title = entry.name or behavior.title
        conversation = await self._threads.run(
            self._conversations.create, actor.worker_id, behavior.bot.id, title
        )
        payload = {
            "worker_id": actor.worker_id,
            "interaction": entry.interaction,
            "interaction_params": dict(entry.params),
        }
        state = {**chat_state.begun(behavior, payload), "bot_name": behavior.bot.name}
        return await self._turn(actor, replace(conversation, state=state), None)

    async def _offered(self, actor: Actor, entry: MenuEntry) -> Behavior:
        behavior = await self._book.named(str(entry.behavior_id))
        bot = None
        if behavior is not None:
            bot = await self._threads.run(self._store.get, Ref("bot", behavior.bot.id))
        if behavior is None or bot is None or not may_use(actor, bot):
            raise NotFound("This is no longer offered; open the menu again.")
        return behavior

    async def get(self, actor: Actor, chat_id: int) -> Conversation:
        """One of this worker's own; NotFound for any other."""
        conversation = await self._threads.run(self._conversations.get, chat_id)
        if conversation is None or conversation.worker_id != actor.worker_id:
            raise NotFound("There is no such chat.")
        return conversation

    async def send(
        self, actor: Actor, chat_id: int, answer: Answer, *, turn: int | None = None
    ) -> Conversation:
        """Answer what the bot asks.

        ``turn`` is the one the answer belongs to: a second click, whose turn is over, changes
        nothing and gets the chat as it is.
        """
        conversation = await self.get(actor, chat_id)
        if not conversation.is_open:
            raise Refused("This chat has ended; start another one.", code="chat-ended")
        if conversation.prompt is None or turn not in {None, conversation.turn}:
            return conversation
        return await self._turn(actor, conversation, answer)

    async def _turn(
        self, actor: Actor, conversation: Conversation, answer: Answer | None
    ) -> Conversation:
        behavior = chat_state.behavior_of(conversation.state)
        title = f"{conversation.title} (chat)"
        context = self._runner.begin(title, behavior.event.key, by=actor, behavior=behavior)
        run = context.journal.run
        is_ours = await self._threads.run(
            self._conversations.take_turn, conversation.id, conversation.turn, run
        )
        if not is_ours:
            return await self.get(actor, conversation.id)
        turn = Turn(replace(conversation, turn=conversation.turn + 1), self._clock())
        context.turn = turn
        try:
            state = dict(conversation.state)
            if answer is not None:
                result = await self._result_of(answer, conversation, actor, turn)
                state = chat_state.answered(state, result)
            with self._runner.watcher.walking(context):
                await self._walk(state, context, turn)
        finally:  # whatever happened, the chat is nobody's turn any more
            await self._threads.run(self._conversations.save, turn.conversation)
        return turn.conversation

    async def _walk(self, state: chat_state.State, context: RunContext, turn: Turn) -> None:
        walk = chat_state.walk_of(state, self._scripts)
        done: list[tuple[Effect, Any]] = []

        def record(effect: Effect, result: Any) -> None:
            done.append((effect, result))

        try:
            ended = await self._driver.drive(walk, context, results=state["results"], record=record)
        except Exception as error:
            ours = isinstance(error, FactotumError)
            turn.fault(str(error) if ours else "Something inside went wrong; this chat has ended.")
            turn.end({}, None)
            await self._runner.fail(context, FactotumError(turn.faults[-1], code="chat-failed"))
            if ours:
                return
            raise
        ask = ended.ask if isinstance(ended, Parked) else None
        turn.end(chat_state.after(state, done, ask), ask)
        if turn.faults:
            await context.journal.finish("failed", error=turn.faults[0], code="request-failed")
        else:
            await context.journal.finish("done")

    async def _result_of(
        self, answer: Answer, conversation: Conversation, actor: Actor, turn: Turn
    ) -> dict[str, Any]:
        """The answer as the walk gets it; the person's own bubble is added."""
        prompt = conversation.prompt or {}
        if prompt.get("kind") == "wait":
            return {"message": ""}
        if prompt.get("kind") == "file" and answer.file is not None:
            owner = Owner("worker", actor.worker_id or 0)
            record = await self._threads.run(self._files.keep, *answer.file, owner)
            return await self._with_record({"message": "", "file_id": record.id}, [record], turn)
        if prompt.get("kind") == "chooser":
            chosen = await self._threads.run(self._chosen, answer, prompt, actor)
            result = {"message": "", "ids": [record.id for record in chosen]}
            return await self._with_record(result, chosen, turn)
        turn.person(answer.message)
        return {"message": answer.message}

    async def _with_record(
        self, result: dict[str, Any], records: Sequence[Record], turn: Turn
    ) -> dict[str, Any]:
        turn.person(", ".join(record.label for record in records))
        if len(records) == 1:
            result["record"] = await self._threads.run(placeholders, records[0], self._store.get)
        return result

    def _chosen(self, answer: Answer, prompt: Any, actor: Actor) -> list[Record]:
        kind = str((prompt.get("params") or {}).get("type") or "")
        found = [self._store.get(Ref(kind, each)) for each in answer.ids] if kind else []
        return [
            record
            for record in found
            if record is not None and may_look(actor, record, self._store.get)
        ]
