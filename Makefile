# The recipes of this file are the contributor's guide: `make` lists them.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install -q --disable-pip-version-check
export DAGSTER_HOME := $(CURDIR)

.PHONY: help demo sync ui test lint types pytest docs bench bench-sources bench-identity test-spark clean

help:            ## list the recipes
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## */|/' | awk -F'|' '{printf "make %-14s %s\n", $$1, $$2}'

# The environment: exact versions from constraints.txt. uv installs in seconds; plain pip does the same, slower.
.venv/ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Koonti needs Python 3.11 or newer; say make PYTHON=python3.12"; exit 1; }
	@echo "Setting up .venv (once) …"
	@$(PYTHON) -m venv .venv
	@{ $(PIP) -c constraints.txt uv && $(BIN)/uv pip install -q --compile-bytecode -p $(BIN)/python -c constraints.txt -e . --group dev; } \
	  2>.venv/setup.log || { $(PIP) -U pip && $(PIP) -c constraints.txt -e . --group dev; }
	@touch .venv/ready

demo: .venv/ready  ## an invented region through the whole pipeline, over real HTTP, scored
	@mkdir -p data/.dagster
	@$(BIN)/koonti demo

sync: .venv/ready  ## fetch the sources of koonti.yml and publish a release
	@mkdir -p data/.dagster
	@$(BIN)/koonti sync

ui: .venv/ready    ## open Dagster on http://127.0.0.1:3000
	@$(BIN)/koonti ui

test: lint types pytest  ## lint, types, and all tests

lint: .venv/ready  ## style
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: .venv/ready ## types
	@$(BIN)/mypy

pytest: .venv/ready ## tests, on all cores
	@$(BIN)/python -m pytest -n auto --maxprocesses 8 --dist worksteal

docs: .venv/ready  ## write the generated pages again
	@$(BIN)/python -m pipeline.schema.dictionary

# The benchmark has an environment of its own, so that Splink stays out of the pipeline's.
.venv/bench/ready: .venv/ready
	@echo "Setting up .venv/bench (once) …"
	@$(BIN)/python -m venv .venv/bench
	@{ $(BIN)/uv pip install -q --compile-bytecode -p .venv/bench/bin/python -c constraints.txt -e . --group bench; } \
	  2>.venv/bench/setup.log || { .venv/bench/bin/python -m pip install -q -U pip && .venv/bench/bin/python -m pip install -q -c constraints.txt -e . --group bench; }
	@touch .venv/bench/ready

bench: .venv/bench/ready  ## matching measured beside Splink and others; make bench BENCH="--full" for a million records
	@.venv/bench/bin/python -m benchmarks.matching $(BENCH)

# Spark has an environment of its own: it is large, and wants Java 17.
.venv/spark/ready: .venv/ready
	@echo "Setting up .venv/spark (once) …"
	@$(BIN)/python -m venv .venv/spark
	@{ $(BIN)/uv pip install -q --compile-bytecode -p .venv/spark/bin/python -c constraints.txt -e '.[spark]' --group dev; } \
	  2>.venv/spark/setup.log || { .venv/spark/bin/python -m pip install -q -U pip && .venv/spark/bin/python -m pip install -q -c constraints.txt -e '.[spark]' --group dev; }
	@touch .venv/spark/ready

test-spark: .venv/spark/ready  ## the engines give equal answers (needs Java 17)
	@.venv/spark/bin/python -m pytest tests/dedupe/test_spark.py

bench-sources: .venv/ready  ## reading a country's PTV and a large spreadsheet measured, and a day of changes
	@$(BIN)/python -m benchmarks.sources $(BENCH)
	@$(BIN)/python -m benchmarks.changed_day

bench-identity: .venv/ready  ## persistent ids measured: a first, an unchanged and a one-percent day
	@$(BIN)/python -m benchmarks.identity

clean:           ## remove the environment and the demo's data; real data stay
	rm -rf .venv data/demo
