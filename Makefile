PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev

.PHONY: run test lint format bench proof clean
.DEFAULT_GOAL := run

run: $(RUNTIME)  ## install what the server needs and start it
	@$(BIN)/python -m app $(ARGS)

test: $(DEV)  ## run every test; finds or fetches a browser first
	@$(BIN)/python -m tests.browser.find
	$(BIN)/python -m pytest $(ARGS)

lint: $(DEV)  ## style, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(DEV)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(DEV)  ## speed, as ratios within one run
	@$(BIN)/python -m tests.bench $(ARGS)

proof: $(DEV)  ## the durability promise at length, at most two hours; ARGS=--quick: two minutes
	@$(BIN)/python -m tests.proof $(ARGS)

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "smsbin needs Python 3.11 or newer; try: make PYTHON=python3.13"; exit 1; }
	@echo "Making $(VENV) …"
	@$(PYTHON) -m venv $(VENV)

$(RUNTIME): $(VENV)/bin/python requirements.lock
	@echo "Installing what the server needs …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	@touch $@

$(DEV): $(RUNTIME) requirements-dev.lock
	@echo "Installing what the tests need …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.lock
	@touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis dist
