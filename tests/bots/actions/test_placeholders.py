from tests.bots.driving import SCRIPTS, World, action, behavior, setting

from factotum.bots.interpreter import walk


def run(*steps, simulate=False, world=None, **more):
    found = behavior(action(*steps), **more)
    return (world or World()).run(walk(found, {}, scripts=SCRIPTS, simulate=simulate))


def test_a_script_sets_a_placeholder_as_text_or_json():
    final = run(setting("a", "{{1 + 1}}"), setting("b", '{"x": {{a}}}', format="json"))
    assert (final["a"], final["b"]) == ("2", {"x": 2})


def test_what_is_no_json_becomes_null():
    assert run(setting("a", "{{'x'}}", format="json"))["a"] is None


def test_an_empty_template_leaves_the_old_value_and_an_empty_result_does_not():
    assert run(setting("a", "1"), setting("a", ""))["a"] == "1"
    assert run(setting("a", "1"), setting("a", "{{nothing}}"))["a"] == ""


def test_nothing_is_set_without_a_name():
    world = World()
    run(setting(" ", "1"), world=world)
    assert world.notes("action")[0].status == "skipped"


def test_a_value_for_the_simulator_only_is_set_only_there():
    step = setting("a", "1", is_simulator_only="1")
    assert "a" not in run(step)
    assert run(step, simulate=True)["a"] == "1"
