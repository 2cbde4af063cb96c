# Every target sets up what it needs: a virtual environment in .venv, with the requirements pinned by hash.
.DEFAULT_GOAL := build

PYTHON := $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
BIN := .venv/bin
STAMP := .venv/.stamp
WORKERS := -p xdist -n auto --maxprocesses 8 --dist worksteal
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: build test set-up lint types floors oracles bench bench-peers lock clean

build: $(STAMP) ## compile the sources of this repository into build/
	@$(BIN)/varve build

test: $(STAMP) lint types floors oracles ## run all checks and tests
	@$(BIN)/python -m pytest $(WORKERS) $(PYTEST)

set-up: $(STAMP) ## only create .venv

.venv/.locked: requirements/dev.txt
	@test -n "$(PYTHON)" || { echo "varve needs Python 3.11 or newer, with venv and pip" >&2; exit 1; }
	@echo "setting up .venv with $(PYTHON)"
	@$(PYTHON) -m venv --clear .venv
	@$(PIP) install --require-hashes --only-binary :all: -r requirements/dev.txt
	@touch $@

$(STAMP): .venv/.locked pyproject.toml
	@$(PIP) install --no-deps --no-build-isolation --no-index --editable .
	@$(BIN)/python -m compileall -q compiler
	@touch $@

lint: $(STAMP) ## check the style
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --quiet --check

types: $(STAMP) ## check types (mypy --strict)
	@$(BIN)/mypy --no-error-summary compiler tests $(wildcard benchmarks/*.py)

floors: $(STAMP) ## check which room imports which
	@cd compiler && ../$(BIN)/lint-imports --config ../pyproject.toml --no-logo --cache-dir ../.import_linter_cache >../.venv/floors.log || { cat ../.venv/floors.log; exit 1; }

oracles: $(STAMP) ## build or fetch the real tools that the tests run, outside this clone
	@$(BIN)/python -m tests.oracle
	@$(BIN)/python -m tests.grafana_oracle

bench: $(STAMP) ## print figures; no tests
	@$(BIN)/python -m benchmarks.bench $(BENCH)

bench-peers: $(STAMP) ## print figures of the same work by other tools, side by side
	@$(BIN)/python -m benchmarks.peers $(BENCH)

lock: ## update requirements/dev.txt from pyproject.toml and requirements/dev.in
	@$(PYTHON) -m venv --clear .venv/lock
	@.venv/lock/bin/python -m pip --disable-pip-version-check --quiet install pip-tools
	@.venv/lock/bin/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links \
		--no-emit-trusted-host --no-header --resolver=backtracking $(LOCK) --output-file requirements/dev.txt pyproject.toml requirements/dev.in

clean: ## remove everything that can be recreated, except build/
	@rm -rf .venv .varve dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
