PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev
# The programs that write and check the locks, in an environment of their own.
TOOLS := .tools
COMPILE = $(TOOLS)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command "make lock" $(ARGS)
# Every file is compared with the hash in its lock.
INSTALL := install --quiet --disable-pip-version-check --require-hashes

.PHONY: run test test-aiohttp test-lowest style lint format guide pictures bench attack proof simulate-shards mutants lock audit sbom release dist clean
.DEFAULT_GOAL := run

run: $(RUNTIME)  ## install the dependencies of the server and start it
	@$(BIN)/python -m app $(ARGS)

test: $(DEV)  ## run all tests; finds or downloads a browser first
	@$(BIN)/python -m tests.browser.find
	$(BIN)/python -m pytest $(ARGS)

test-aiohttp: $(DEV)  ## test ingress/ with the lowest and the newest allowed aiohttp; needs the network
	@.ci/aiohttp

test-lowest: $(TOOLS)/.installed  ## run the quick tests with the lowest allowed releases; needs the network
	@UV=$(TOOLS)/bin/uv PYTHON=$(PYTHON) .ci/lowest $(ARGS)

style: $(DEV)  ## check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lint: style  ## check style, types, and the rules of the source (imports, names, words, mirrored tests)
	$(BIN)/python -m pytest -q -n 0 tests/architecture --ignore tests/architecture/test_wheel.py

format: $(DEV)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

guide: $(DEV)  ## write the generated tables of docs/ again
	@$(BIN)/python -m tests.guide

pictures: $(DEV)  ## take the pictures of README and guide from the real pages; takes a minute
	@$(BIN)/python -m tests.browser.find
	@$(BIN)/python -m tests.pictures $(ARGS)

bench: $(DEV)  ## measure speed, as ratios within one run; DATABASE=postgresql: on PostgreSQL
	@$(BIN)/python -m tests.bench $(if $(DATABASE),--database $(DATABASE)) $(ARGS)

attack: $(DEV)  ## send hostile input to every entry, then all attacks together; takes minutes; ARGS="-k name"
	ALL_ATTACKS=1 $(BIN)/python -m pytest -n 0 tests/survival/test_stalls.py tests/survival/test_all_at_once.py $(ARGS)

proof: $(DEV)  ## run the long tests of durability; takes at most two hours, with ARGS=--quick two minutes
	@$(BIN)/python -m tests.proof $(ARGS)

simulate-shards: $(DEV)  ## kill one of four databases that share 10,000 bins; takes two minutes; needs PostgreSQL
	@$(BIN)/python -m tests.shards $(ARGS)

mutants: $(DEV)  ## check that a test fails for each planted defect; ARGS=--ten, ARGS="--only NAME", ARGS=--list
	@$(BIN)/python -m tests.mutants $(ARGS)

lock: $(TOOLS)/.installed  ## write the locks again from pyproject.toml; ARGS=--upgrade uses the newest releases
	$(COMPILE) pyproject.toml --all-extras -o requirements.lock
	$(COMPILE) pyproject.toml --all-extras --group dev -c requirements.lock -o requirements-dev.lock
	$(COMPILE) --group build -c requirements-dev.lock -o requirements-build.lock
	$(COMPILE) --group tools -o requirements-tools.lock

audit: $(TOOLS)/.installed  ## look for known vulnerabilities in all locks; needs the network
	@.ci/audit

sbom: $(TOOLS)/.installed  ## write dist/sbom.json (CycloneDX): the packages that the runtime lock installs here
	@rm -rf dist/.sbom && mkdir -p dist && $(PYTHON) -m venv --without-pip dist/.sbom
	@$(TOOLS)/bin/python -m pip --python dist/.sbom/bin/python $(INSTALL) -r requirements.lock
	@$(TOOLS)/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --spec-version 1.6 \
		--output-file dist/sbom.json dist/.sbom
	@rm -rf dist/.sbom
	@$(PYTHON) -m tests.supply.sbom dist/sbom.json

release: $(DEV)  ## VERSION=1.2.3: set version and changelog in a clean checkout, and build; then commit and tag it
	@$(BIN)/python -m tests.release $(VERSION)

dist: $(DEV)  ## TAG=v1.2.3: build wheel, source distribution and image build file of a tag, in dist/
	@$(BIN)/python -m tests.release --tag '$(TAG)'

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "smsbin needs Python 3.11 or newer; try: make PYTHON=python3.13"; exit 1; }
	@echo "Creating $(VENV) …"
	@$(PYTHON) -m venv $(VENV)

$(RUNTIME): $(VENV)/bin/python requirements.lock
	@echo "Installing the dependencies of the server …"
	@$(BIN)/python -m pip $(INSTALL) -r requirements.lock
	@touch $@

$(DEV): $(RUNTIME) requirements-dev.lock
	@echo "Installing the dependencies of the tests …"
	@$(BIN)/python -m pip $(INSTALL) -r requirements-dev.lock
	@touch $@

$(TOOLS)/.installed: requirements-tools.lock
	@echo "Installing the tools for the locks …"
	@$(PYTHON) -m venv $(TOOLS)
	@$(TOOLS)/bin/python -m pip $(INSTALL) -r requirements-tools.lock
	@touch $@

clean:
	rm -rf $(VENV) $(TOOLS) .lowest .mypy_cache .ruff_cache .pytest_cache .hypothesis dist
