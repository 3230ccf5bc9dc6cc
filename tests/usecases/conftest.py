"""The product's verbs on the test's database, with a real sandbox behind the door."""

import pytest
from tests.guide import packages
from tests.servers.desk import THE_APP, office
from tests.usecases.walking import worker

from factotum.sandbox.server import running
from factotum.sandbox.state import State
from factotum.usecases.chats import Answer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="session")
def one_sandbox():
    with running(State()) as served:
        yield served


@pytest.fixture
def sandbox(one_sandbox):
    one_sandbox.state.reset()
    return one_sandbox


@pytest.fixture
async def desk(tmp_path, sandbox, transactional_db):
    """An empty office."""
    async with office(tmp_path, sandbox) as made:
        yield made


@pytest.fixture
async def working(desk):
    """This process takes up durable runs."""
    async with worker(desk):
        yield


async def bot_in(desk, name="Poster"):
    """Service, account (not linked) and bot: their ids."""
    keys = desk.registered()
    answers = {"the_id": keys.consumer_key, "the_secret": keys.consumer_secret}
    service = await desk.app.import_package(THE_APP, packages.service(), answers)
    account = service.records["connected_account"]["the_account"]["id"]
    bot = await desk.app.import_package(THE_APP, packages.bot(name=name), {"the_account": account})
    behaviors = {uid: record["id"] for uid, record in bot.records["behavior"].items()}
    return {"account": account, "bot": bot.records["bot"]["b"]["id"], **behaviors}


@pytest.fixture
async def imported(desk):
    """Service, account (not linked) and bot."""
    return await bot_in(desk)


@pytest.fixture
async def linked(desk, imported):
    """The same with the account linked as @alice."""
    await desk.linked(THE_APP, imported["account"])
    return imported


@pytest.fixture
async def ada(desk):
    return await desk.worker("ada", is_admin=True)


@pytest.fixture
async def bob(desk):
    return await desk.worker("bob")


@pytest.fixture
def chatting(desk, linked, ada):
    """Starts the chat that posts, and answers it."""

    async def begun():
        [entry] = [e for e in await desk.app.chat_menu(ada) if e.name == "Write a post"]
        return await desk.app.chat_start(ada, entry)

    async def answered(text):
        chat = await begun()
        return await desk.app.chat_send(ada, chat.id, Answer(text), turn=chat.turn)

    begun.answered = answered
    return begun
