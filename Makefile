# 书童 Shutong. `make help` lists the targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

.PHONY: help run test lint bench lock clean

help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

run: $(VENV)/.runtime ## the bot and a simulated WeChat; open the first address it prints
	$(BIN)/python bot.py demo

test: $(VENV)/.development ## the whole test suite
	$(BIN)/python -m pytest -n auto

lint: $(VENV)/.development ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.development ## the benchmarks; rewrites benchmarks/RESULTS.md
	$(BIN)/python -m benchmarks

lock: $(VENV)/.development ## requirements*.txt from requirements*.in
	$(PIP) install uv
	for name in requirements requirements-dev; do \
	  $(BIN)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-annotate \
	    --no-emit-index-url --no-header $$name.in -o $$name.txt; done

clean: ## remove the environment and the demo's data
	rm -rf $(VENV) data

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: $(VENV)/bin/python requirements.txt
	$(PIP) install --require-hashes -r requirements.txt
	touch $@

$(VENV)/.development: $(VENV)/bin/python requirements-dev.txt
	$(PIP) install --require-hashes -r requirements-dev.txt
	touch $(VENV)/.runtime $@
