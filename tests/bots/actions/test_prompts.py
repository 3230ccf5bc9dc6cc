import pytest
from tests.bots.chatting import chat, conversation
from tests.bots.driving import World, action, saying, setting

from factotum.bots.effects import Ask, LoadRecord


def prompt(kind, *typed, world=None, then="[{{message}}|{{x}}]", **params):
    node = action({"action": f"prompt_{kind}", **params}, setting("message", "never"))
    return chat(conversation(node, action(saying(then))), *typed, world=world)


def last(world):
    return world.said[-1]


def test_a_text_is_asked_for_and_later_actions_of_the_node_never_run():
    world = prompt("text", "hello", placeholder="{{'Type'}}", default="{{'d'}}", mode="multiple")
    (ask, restart) = world.of(Ask)
    assert (ask.kind, ask.path) == ("text", "0#0")
    assert ask.params == {"placeholder": "Type", "default": "d", "mode": "multiple"}
    assert last(world) == "[hello|]"
    assert restart.kind == "restart"


@pytest.mark.parametrize("typed", ["", "  \n", {"message": None}, {}])
@pytest.mark.parametrize("kind", ["text", "date", "buttons", "images", "chooser", "file"])
def test_an_empty_answer_is_asked_again(kind, typed):
    more = {"options": "a\nb", "images": ["data:x"], "labels": ["l"], "context": "worker"}
    world = prompt(kind, typed, **more)
    assert world.said[-1].startswith("Please ")
    assert [one.kind for one in world.of(Ask)] == [kind, kind]


def test_an_empty_answer_takes_the_default():
    assert last(prompt("text", "", default="usual", var="x")) == "[usual|usual]"


def test_an_empty_answer_is_left_to_the_validation_where_there_is_one():
    validate = "{% if message is empty %} Say something! {% endif %}"
    world = prompt("text", "", "ok", default="usual", var="x", var_validate=validate)
    assert world.said == ["Say something!", "[ok|ok]"]


def test_the_answer_is_formatted_and_validated_and_asked_again():
    world = prompt(
        "text",
        "abc",
        "5",
        var="x",
        var_format="{{message|upper}}",
        var_validate="{% if x is not numeric %}No number: {{x}}{% endif %}",
    )
    assert world.said == ["No number: ABC", "[5|5]"]


def test_a_format_that_cannot_take_the_answer_asks_again():
    world = prompt("text", "x", "2026-06-01", var="x", var_format="{{ message|date_modify }}")
    assert world.said[0].startswith("That could not be understood. (")
    assert [one.kind for one in world.of(Ask)][:2] == ["text", "text"]


def test_a_faulty_validation_is_told_and_does_not_loop():
    world = prompt("text", "x", var="x", var_validate="{{ 1|nosuch }}")
    assert "nosuch" in world.faults[0]
    assert world.asked == "restart"


def test_buttons_take_only_their_options():
    world = prompt(
        "buttons", "c", "b", options="a\r\n\r\n{{'b'}} ", style="{{'s'}}", color_to="#fff"
    )
    assert world.of(Ask)[0].params["options"] == ["a", "b"]
    assert world.of(Ask)[0].params["style"] == "s"
    assert world.said == ["Please press one of: a, b.", "[b|]"]


def test_no_buttons_is_a_fault():
    assert "list of options is empty" in prompt("buttons", options="{{nothing}}").faults[0]


def test_pictures_are_chosen_by_their_labels_and_empty_places_dropped():
    more = {"images": {"0": "data:a", "1": "", "2": "data:c"}, "labels": ["one", "two", "three"]}
    world = prompt("images", "two", "three", **more)
    assert world.of(Ask)[0].params == {"images": ["data:a", "data:c"], "labels": ["one", "three"]}
    assert world.said == ["Please choose one of: one, three.", "[three|]"]
    assert "no picture" in prompt("images", images=[""]).faults[0]
    assert prompt("images", images="data:a").of(Ask)[0].params["labels"] == [""]


def test_a_chosen_record_is_read_by_its_fields():
    world = World(records={("worker", 5): {"_label": "Ann B.", "first_name": "Ann"}})
    prompt(
        "chooser",
        {"ids": [5]},
        world=world,
        context="cerberusweb.contexts.worker",
        query="isDisabled:{{'n'}}",
        selection="single",
        autocomplete="1",
        var="w_id",
        then="{{w__label}} {{w_id}} {{w_first_name}}",
    )
    params = world.of(Ask)[0].params
    assert (params["type"], params["query"], params["autocomplete"]) == (
        "worker",
        "isDisabled:n",
        True,
    )
    assert last(world) == "Ann B. 5 Ann"
    assert len(world.of(LoadRecord)) == 1


def test_a_record_that_comes_with_the_answer_is_not_loaded():
    answer = {"message": "5", "record": {"_label": "Ann"}}
    more = {"context": "worker", "var": "w_id", "then": "{{w__label}}"}
    world = prompt("chooser", answer, **more)
    assert last(world) == "Ann"
    assert world.of(LoadRecord) == []


def test_several_records_make_a_list_and_a_name_without_id_no_record():
    more = {"context": "worker", "selection": "multiple", "var": "x"}
    assert last(prompt("chooser", {"ids": [5, 6]}, then="{{x|join('+')}}", **more)) == "5+6"


def test_a_file_is_an_attachment():
    world = World(records={("attachment", 1024): {"_label": "a.png", "size": 5}})
    prompt(
        "file",
        {"file_id": 1024},
        world=world,
        var="f_id",
        var_format="{{message|number_format(0)}}",
        var_validate="{% if f_size > 9 %}Too big{% endif %}",
        then="{{f__label}} #{{f_id}}",
    )
    assert last(world) == "a.png #1,024"


def test_no_file_is_asked_again_even_where_a_script_validates():
    world = prompt("file", "", var="f_id", var_validate="{% if f_size > 9 %}Too big{% endif %}")
    assert last(world) == "Please choose a file."


def test_a_pause_goes_on_with_whatever_comes():
    assert last(prompt("wait", {})) == "[|]"
