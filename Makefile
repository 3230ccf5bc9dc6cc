# The two commands a newcomer needs: make run, make test. The rest serves developers.
SHELL := /bin/bash
BIN := .venv/bin

.PHONY: help run test lint check-types test-sqlite test-postgresql test-browser bench lock clean

# what tests load in hundreds of processes is compiled once
unexport PYTHONDONTWRITEBYTECODE

# tests that drive a browser keep an event loop of their own, so they get processes of their own
IN_BROWSER := tests/browser tests/sandbox/test_browser.py
# first those that wait most
DATABASE_DECIDES := tests/crash tests/runs tests/records tests/store tests/usecases
ONLY_SQLITE := tests/crash/test_full_disk.py
ONLY_POSTGRESQL := tests/crash/test_database_away.py
PYTEST := $(BIN)/pytest --dist loadfile --no-loadscope-reorder --durations 12

help:
	@echo "make run     start Factotum with the sandbox beside it"
	@echo "make test    everything: style, types, structure, tests on SQLite and PostgreSQL, browser"
	@echo "make bench   benchmarks, as ratios"
	@echo "make lock    resolve the dependencies anew"

.venv/.run: requirements.lock pyproject.toml tools/set-up
	tools/set-up run

.venv/.test: requirements-test.lock pyproject.toml tools/set-up tools/get-chromium
	tools/set-up test

run: .venv/.run
	@$(BIN)/factotum demo

test: .venv/.test lint
	@$(MAKE) --no-print-directory -j 2 check-types test-sqlite
	@$(MAKE) --no-print-directory test-postgresql test-browser

lint: .venv/.test
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/lint-imports

check-types: .venv/.test
	$(BIN)/mypy

test-sqlite: .venv/.test
	$(PYTEST) -n 4 $(IN_BROWSER:%=--ignore=%) $(ONLY_POSTGRESQL:%=--ignore=%)

# what the database decides, once more on PostgreSQL
test-postgresql: .venv/.test
	FACTOTUM_TEST_DATABASE=postgresql $(PYTEST) -n 4 -m database \
	  $(DATABASE_DECIDES) $(ONLY_SQLITE:%=--ignore=%)

test-browser: .venv/.test
	$(PYTEST) -n 3 $(IN_BROWSER)

bench: .venv/.test
	$(BIN)/python -m benchmarks

lock:
	$(BIN)/pip-compile -q --generate-hashes --strip-extras --no-emit-index-url --no-emit-trusted-host \
	  --no-emit-find-links --no-header --extra build -o requirements.lock pyproject.toml
	$(BIN)/pip-compile -q --generate-hashes --strip-extras --no-emit-index-url --no-emit-trusted-host \
	  --no-emit-find-links --no-header --allow-unsafe --extra build --extra test -o requirements-test.lock pyproject.toml

clean:
	rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .hypothesis
