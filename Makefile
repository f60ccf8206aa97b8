# Two commands do all the set-up: `make demo` (Python only) and `make test` (Kafka, PostgreSQL).
# What the house looks like is held by `make check`, what it does by `make test`.
# Everything made lies in .venv/ (the environment) and .engines/ (Kafka's jars).

PYTHON ?= $(shell command -v python3.11 || command -v python3)
WORKERS ?= 2
# A file to one worker, so that what its tests share is made once; long ones come first as they are.
SHARED_OUT := --dist loadfile --no-loadscope-reorder
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
RUNTIME := $(VENV)/.runtime-stamp
TESTED := $(VENV)/.test-stamp
PACKAGES := schemas ledger consumers producers adapters cli compose benchmarks tests

# Without its compiled files every command would start half a second later.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo demo-real test searches faults test-all check bench engines lock clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(RUNTIME) ## A day of 1,000 containers, on embedded engines: needs Python only
	@$(BIN)/releasebus demo

demo-real: $(RUNTIME) ## The same on Apache Kafka and PostgreSQL (Java 17, Maven, PostgreSQL)
	@$(BIN)/releasebus demo --real

test: $(TESTED) ## The tests, on the best engines this machine has
	@$(BIN)/python -m compose.local fetch || echo "make test: goes on without Apache Kafka" >&2
	$(BIN)/python -m pytest -m "not faults and not searches" -n $(WORKERS) $(SHARED_OUT) \
	    --ignore=tests/test_house.py

searches: $(TESTED) ## What is looked for by chance, all of it, long days and stories, and books on SQLite
	RELEASEBUS_WHOLE_SEARCHES=1 $(BIN)/python -m pytest \
	    -m "searches or (hypothesis and not faults)" -n $(WORKERS)

faults: $(TESTED) ## The tests that kill, stop and cut off; one at a time
	$(BIN)/python -m pytest -m faults

test-all: test searches faults ## All tests

check: $(TESTED) ## Linters, types, contracts, house rules, and that the schemas are current and break nobody
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/releasebus schemas --check
	$(BIN)/releasebus schemas --compatible
	$(BIN)/python -m pytest -q -p no:cacheprovider tests/test_house.py \
	    tests/schemas/test_messages_corpus.py \
	    tests/schemas/evolution/test_released_corpus.py

bench: $(TESTED) ## The numbers of docs/benchmarks.md, side by side
	$(BIN)/python -m benchmarks

engines: $(RUNTIME) ## Apache Kafka and PostgreSQL of this machine, until Ctrl-C
	@$(BIN)/python -m compose.local up

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed, and none is on PATH" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Python 3.11 or later is needed: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	"$(PYTHON)" -m venv $(VENV)

define install
$(PIP) install --quiet --require-hashes -r $(1)
$(PIP) install --quiet --no-deps --no-build-isolation --editable .
endef

$(RUNTIME): requirements.lock pyproject.toml | $(BIN)/python
	$(call install,requirements.lock)
	@touch $@

# The lock of the tests holds that of the program too: one installation is enough for both.
$(TESTED): requirements-test.lock pyproject.toml | $(BIN)/python
	$(call install,requirements-test.lock)
	@touch $(RUNTIME) $@

LOCK = uv pip compile --quiet --upgrade --generate-hashes --no-emit-index-url \
    --no-emit-find-links --no-annotate --universal --python-version 3.11 \
    --custom-compile-command "make lock" pyproject.toml requirements-build.in --extra embedded --extra acl

lock: ## Write both lock files anew, after a change of dependencies (needs uv)
	$(LOCK) --output-file requirements.lock
	$(LOCK) --extra test --output-file requirements-test.lock

clean: ## Remove the environment, the fetched engines and every cache
	rm -rf $(VENV) .engines demo-out build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache \
	    .hypothesis .import_linter_cache
	find $(PACKAGES) -name __pycache__ -type d -prune -exec rm -rf {} +
