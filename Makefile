# `make help` lists what can be made; a line's text after ## is its help.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
ASSETS := services/portal/web/static/vendor/.stamp
PACKAGE := pyproject.toml requirements/runtime.in operations/packaging/requirements_hook.py
ARGS ?=

.PHONY: help setup run test check chaos lock bundle clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/.local $(VENV)/.package $(ASSETS) ## make the environment in .venv and fetch the assets; quick when nothing changed

run: setup ## start everything on this machine (ARGS="--port 8080")
	$(BIN)/donthu up $(ARGS)

test: setup $(VENV)/.dev ## run every test on real PostgreSQL and NATS (ARGS="-k clocks")
	$(BIN)/pytest $(ARGS)

check: setup $(VENV)/.dev ## lint, format, types, layers, dependencies, contracts, every SQL query prepared
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry . --config operations/packaging/deptry.toml
	$(BIN)/python -m operations.packaging.requirements_check
	$(BIN)/pytest tests/contract -q

chaos: setup $(VENV)/.dev ## the tests that kill and stop real processes, with a storm of 15 minutes (STORM_MINUTES=60)
	STORM_MINUTES=$${STORM_MINUTES:-15} $(BIN)/pytest -m chaos $(ARGS)

lock: setup $(VENV)/.dev ## pin requirements and assets (ARGS=--upgrade to take newer ones)
	for layer in runtime local dev; do \
	  $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --universal \
	    --python-version 3.11 requirements/$$layer.in --output-file requirements/$$layer.txt $(ARGS); \
	done
	$(BIN)/python -m operations.packaging.assets --lock

bundle: setup ## make an offline bundle (ARGS="DIR --images")
	$(BIN)/python -m operations.packaging.bundle $(ARGS)

clean: ## remove what was made, never data
	rm -rf $(VENV) $(dir $(ASSETS)) dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'Cần Python 3.11 trở lên: make PYTHON=python3.11 … / Python 3.11 or newer is needed: make PYTHON=python3.11 …' >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo 'Thiếu venv / venv is missing: apt-get install python3-venv' >&2; exit 1; }

$(VENV)/.local: requirements/local.txt | $(BIN)/python
	$(PIP) --require-hashes -r requirements/local.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.local
	$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/.package: $(PACKAGE) | $(VENV)/.local
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(ASSETS): operations/packaging/assets.py deploy/assets/package-lock.json | $(VENV)/.package
	$(BIN)/python -m operations.packaging.assets
	@touch $@
