"""What is kept on the disk is readable for the user that the product runs as, and nobody else."""

import stat

import pytest
from tests.servers.product import installation, serving


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    folder = tmp_path_factory.mktemp("product")
    (folder / "data").mkdir(mode=0o755)  # made by somebody who did not think of it
    with serving(installation(folder)) as served:
        yield served


def test_no_file_is_readable_for_others(product):
    files = [file for file in (product.folder / "data").rglob("*") if file.is_file()]

    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in files}

    assert {"factotum.sqlite3", "root.key"} <= modes.keys()
    assert {name for name, mode in modes.items() if mode & 0o077} == set()


def test_a_folder_that_the_product_makes_is_closed_to_others(tmp_path):
    product = installation(tmp_path)

    assert product.command("migrate").code == 0

    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_secrets_given_to_the_command_line_need_not_stand_in_the_list_of_processes(product):
    package = (
        '{"package": {"name": "P", "revision": 1, "configure": {"prompts": [{"type": "text", '
        '"key": "secret", "label": "Secret", "params": {}}]}}, "records": [{"uid": "o", '
        '"_context": "org", "name": "{{{secret}}}"}]}'
    )
    (product.folder / "package.json").write_text(package)
    (product.folder / "secret.txt").write_text("from a file\n")

    done = product.command("import", "package.json", "--set-file", "secret=secret.txt")

    assert done.code == 0, done.err
    assert "from a file" in product.api("GET", "/records/org").text
