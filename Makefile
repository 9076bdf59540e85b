# `make demo` and `make test` do all set-up by themselves; they need Python 3.11 or newer, git and make.
# Another Python than the first that is found: make test PYTHON=python3.13

VENV := .venv
STAMP := $(VENV)/.set-up
PYTHON ?=
# `make pins UPGRADE=--upgrade` takes the newest versions that pyproject.toml allows.
UPGRADE ?=
UV ?= uv
# One version of each package for all Pythons, so that all of them give the same figures; wheels only,
# so that nothing is built while it is installed; hashes and no addresses.
COMPILE := $(UV) pip compile pyproject.toml --quiet --universal --fork-strategy fewest --only-binary :all: \
	--generate-hashes --no-header --no-annotate --no-config $(UPGRADE)

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1

.PHONY: help demo test check format coverage bench pins set-up clean
.DEFAULT_GOAL := help

help:
	@echo 'make demo      invent a small contract, audit it and print where the report is'
	@echo 'make test      run the tests, then every rule over its fixtures'
	@echo 'make check     ruff, mypy, the layers and the house rules'
	@echo 'make format    let ruff put the code into shape'
	@echo 'make coverage  run the tests and show the branches that none of them takes'
	@echo 'make bench     say how to run the benchmarks'
	@echo 'make pins      write the pin files anew (needs uv)'
	@echo 'make clean     remove what set-up and the tools left behind'

demo: set-up
	@echo 'demo: inventing a small contract and auditing it'
	@$(VENV)/bin/pbr-audit demo

test: set-up
	@echo 'test: running the tests'
	@$(VENV)/bin/python -m pytest -q
	@echo 'test: running every rule over its fixtures'
	@$(VENV)/bin/pbr-audit test

check: set-up
	@echo 'check: ruff check'
	@$(VENV)/bin/ruff check --quiet .
	@echo 'check: ruff format'
	@$(VENV)/bin/ruff format --check --quiet .
	@echo 'check: mypy --strict'
	@$(VENV)/bin/mypy --strict --no-error-summary $(wildcard pbr_audit rules tests benchmarks)
	@echo 'check: the layers'
	@$(VENV)/bin/lint-imports --no-logo --no-cache
	@echo 'check: the house rules'
	@$(VENV)/bin/python -m pytest -q tests/house

format: set-up
	@$(VENV)/bin/ruff check --fix-only --quiet .
	@$(VENV)/bin/ruff format --quiet .

coverage: set-up
	@$(VENV)/bin/python -m pytest -q --cov --cov-report=term-missing

bench:
	@cat benchmarks/README.md

pins:
	@echo 'pins: writing requirements.txt and requirements-dev.txt'
	@$(COMPILE) --output-file requirements.txt
	@$(COMPILE) --output-file requirements-dev.txt --extra dev --constraint requirements.txt

set-up: $(STAMP)
	@sh .ci/same_python $(VENV) $(PYTHON)

$(STAMP): requirements-dev.txt pyproject.toml .ci/make_venv
	@sh .ci/make_venv $(VENV) $(PYTHON)
	@echo 'set-up: installing the pinned requirements into $(VENV)'
	@$(VENV)/bin/python -m pip install --quiet --quiet --require-hashes --requirement requirements-dev.txt
	@echo 'set-up: installing pbr-audit itself'
	@$(VENV)/bin/python -m pip install --quiet --quiet --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

clean:
	@rm -rf $(VENV) build dist .coverage htmlcov .hypothesis .mypy_cache .pytest_cache .ruff_cache pbr-audit-demo
	@rm -rf .import_linter_cache .grimp_cache
