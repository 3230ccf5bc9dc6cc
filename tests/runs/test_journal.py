"""A run's journal: in order, without secrets, on disk when it has to be."""

import pytest

from factotum.bots.effects import Note
from factotum.core.masking import MASK
from factotum.runs.run import EffectRow

SECRET = "kAcSOqF21Fu85e7zjz7ZN2U4ZRh/V3"


def effect(journal, state):
    return EffectRow(
        f"{journal.run.id}:0#0:1", journal.run.id, "0#0", state, "POST", "https://x/", "x", "f" * 64, 5.0
    )  # fmt: skip


async def test_steps_are_kept_in_their_order_over_several_commits(journals):
    journal = journals.begin()
    for number in range(7):
        journal.note(Note(path=str(number), kind="node", title=f"T{number}", data={"n": number}))
        if number in {2, 5}:
            await journal.commit()
    await journal.finish("done")

    steps = await journals.steps(journal)
    assert [step.number for step in steps] == list(range(1, 8))
    assert [step.data for step in steps] == [{"n": number} for number in range(7)]


async def test_nothing_is_on_disk_before_somebody_commits_and_all_of_it_then(journals):
    journal = journals.begin()
    journal.step("0", "node", "N", "ok")
    assert await journals.run(journal) is None

    await journal.commit(effect(journal, "intended"))
    assert (await journals.run(journal)).status == "running"
    assert [row.state for row in await journals.effects(journal)] == ["intended"]
    assert len(await journals.steps(journal)) == 1


@pytest.mark.parametrize(
    "shown", [SECRET, f"x={SECRET}&y", {"deep": [{SECRET: 1}]}, [f"<{SECRET}>"]]
)
async def test_secrets_are_masked_in_steps_and_in_what_the_run_ends_with(journals, shown):
    journal = journals.begin()
    journal.step("0", "set", "before it was opened", "ok", data={"v": shown})
    journal.hide(frozenset({SECRET}))
    journal.step("1", "set", "after", "ok", data={"v": shown})
    await journal.finish("failed", error=f"It said {SECRET}", placeholders={"p": shown})

    run, steps = await journals.run(journal), await journals.steps(journal)
    assert SECRET not in f"{run}{steps}{journal.run}"
    assert str(run.placeholders).count(MASK) == 1
    assert [str(step.data).count(MASK) for step in steps] == [1, 1]
    assert run.error == f"It said {MASK}"


async def test_a_step_without_a_secret_stays_as_it_is(journals):
    journal = journals.begin()
    journal.hide(frozenset({SECRET}))
    journal.step("0", "set", "A", "ok", data={"v": {"n": 1.5, "l": [None, True]}})
    journal.step("1", "set", "B", "ok", data={"v": SECRET})
    await journal.finish("done")

    first, second = await journals.steps(journal)
    assert first.data == {"v": {"n": 1.5, "l": [None, True]}}
    assert second.data == {"v": MASK}


async def test_a_value_that_holds_itself_costs_only_itself(journals):
    endless = {}
    endless["me"] = endless
    journal = journals.begin()
    journal.hide(frozenset({SECRET}))
    journal.step("0", "set", "A", "ok", data=endless)
    journal.step("1", "set", "B", "ok", data={"v": SECRET})
    await journal.finish("done")

    first, second = await journals.steps(journal)
    assert "not_kept" in first.data
    assert second.data == {"v": MASK}


async def test_a_run_that_did_nothing_unsafe_is_there_a_moment_later(journals):
    journal = journals.begin()
    journal.step("0", "node", "N", "ok")
    await journal.finish_soon("done", placeholders={"a": 1})
    await journal.settled()

    run = await journals.run(journal)
    assert (run.status, run.placeholders) == ("done", {"a": 1})
    assert run.ended_at > 0


async def test_whoever_waits_hears_why_it_is_not_on_disk(journals):
    journal = journals.begin(title=None)
    with pytest.raises(Exception, match=r"(?i)null"):
        await journal.commit()
    await journal.finish_soon("done")
    with pytest.raises(Exception, match=r"(?i)null"):
        await journal.settled()


async def test_a_parked_run_has_not_ended(journals):
    journal = journals.begin()
    await journal.finish("waiting")

    run = await journals.run(journal)
    assert (run.status, run.ended_at) == ("waiting", None)
