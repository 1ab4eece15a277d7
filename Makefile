# One command for each thing one does in a checkout; `make help` lists them.
#
# Needs Python 3.11 or newer (with venv) and make. Everything else goes into .venv, and into
# .venv-3.x for each newer Python; nothing is installed into the system's Python.

# The interpreter .venv is made with: the oldest supported one that works. To choose another, name
# it: make test PYTHON=/path/to/python3
PYTHON = $(shell .ci/interpreters base)
# Processes to use for tests and replays.
JOBS = 2
# How long to fuzz each target.
SECONDS = 60

BIN := .venv/bin
REPLAY := $(BIN)/necp-replay
INSTALL = -m pip install --quiet --disable-pip-version-check

.PHONY: help replay test lint types schemas-check tests test-thorough tests-newer \
        conformance traces coverage generated compiled bench schemas changelog fidelity transcripts readme manual \
        format clean \
        fuzz fuzz-commands damage dist bench-formats bench-align bench-scale bench-cut bench-minimize test-report pictures bench-report \
        capture-kills bench-capture
.DEFAULT_GOAL := help

help: ## List these targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

replay: .venv/ready ## Set up, then replay the traces of this repository and compare.
	$(REPLAY) replay traces

test: lint types schemas-check tests tests-newer ## Set up, then run every check.

lint: .venv/ready-dev ## Check format and style.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: .venv/ready-dev ## Check types for the oldest and the newest Python.
	$(BIN)/mypy --python-version 3.11
	$(BIN)/mypy --python-version 3.14

schemas-check: .venv/ready-dev ## Check that generated code is current and schemas stay compatible.
	$(BIN)/python schemas/generate.py --check
	$(BIN)/python schemas/check_compatibility.py

tests: .venv/ready-dev ## Run all tests, house rules included; ARGS="..." goes to pytest.
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(ARGS)

test-thorough: .venv/ready-dev ## Run all tests with ten times the examples; takes minutes more.
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal --hypothesis-profile=thorough $(ARGS)

# What an interpreter could answer differently: the corpus, the commands, the calls of the engine and
# the JSON form. The whole suite on each takes minutes more and says the same;
# NEWER_TESTS=tests runs it.
NEWER_TESTS = tests/test_dataclass.py tests/test_corpus.py tests/pytest_plugin/test_collect.py tests/events tests/outcomes \
              tests/replay tests/golden tests/kernel/client_actions tests/kernel/syscalls \
              tests/cli/test_golden_workflow.py tests/cli/test_determinism.py \
              tests/cli/test_recorded_outcomes.py tests/cli/test_errors.py
tests-newer: .venv/ready-dev ## Run the tests of NEWER_TESTS on every newer Python found.
	@set -e; for version in $$(.ci/interpreters newer $(BIN)/python); do \
	    echo "Python $$version"; \
	    $(MAKE) --no-print-directory .venv-$$version/ready; \
	    .venv-$$version/bin/python -m pytest -q -n $(JOBS) \
	        --ignore=tests/house --ignore=tests/schemas $(NEWER_TESTS) $(ARGS); \
	done

conformance: .venv/ready ## Import the vectors under VECTORS=DIR and replay them, release by release; UNDER_WAY=1 for all.
	@test -n "$(VECTORS)" || { echo "usage: make conformance VECTORS=DIR" >&2; exit 2; }
	@JOBS=$(JOBS) UNDER_WAY=$(UNDER_WAY) .ci/conformance "$(VECTORS)" $(REPLAY) $(PARTS)

traces: .venv/ready ## Record the scenarios below traces/ again.
	$(REPLAY) record traces -o traces

coverage: .venv/ready ## Write down what the traces show and exercise; tests hold them to it.
	$(REPLAY) index traces
	$(REPLAY) coverage traces --format json > traces/coverage.json.new
	mv traces/coverage.json.new traces/coverage.json

# Generated records on each release, in process and through a program behind the protocol.
RECORDS = 200000
generated: .venv/ready ## Replay RECORDS=200000 generated records on each release, both ways.
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT INT TERM && set -e; \
	for release in xnu-4570.41.2 xnu-4570.51.1; do \
	    trace="$$folder/$$release.necptrace"; \
	    $(REPLAY) generate --seed 1 --records $(RECORDS) --release $$release -o "$$trace"; \
	    $(REPLAY) replay "$$trace"; \
	    $(REPLAY) replay "$$trace" --engine '$(REPLAY) serve' --engine-limit 60; \
	done

compiled: .venv/ready ## Compile the engine elsewhere, and compare its outcomes with the pure ones.
	.ci/compiled $(CURDIR)/$(BIN)/python

bench: .venv/ready ## Measure speed and memory; ARGS="..." goes to the benchmark.
	$(REPLAY) bench $(ARGS)

schemas: .venv/ready-dev ## Regenerate code from schemas/*.proto and record what was added.
	$(BIN)/python schemas/check_compatibility.py --update
	$(BIN)/python schemas/generate.py
	$(BIN)/python -m tests.docs.json_reference

transcripts: .venv/ready-dev ## Run the transcripts in docs/ again, and write down what they print.
	$(BIN)/python -m tests.docs.transcript docs/first-scenario.md docs/from-a-real-system.md docs/local-network.md
	$(BIN)/python -m tests.docs.five_minutes
	$(BIN)/python -m tests.docs.terminal_pictures
	$(BIN)/python -m tests.docs.policy_reference
	$(BIN)/python -m tests.docs.export_page
	$(BIN)/python -m tests.docs.api_reference
	$(BIN)/python -m tests.docs.json_reference
	$(BIN)/python -m tests.docs.manual_pages
	$(BIN)/python -m tests.pytest_plugin.example

manual: .venv/ready-dev ## Print the manual pages in docs/man anew from the command line.
	$(BIN)/python -m tests.docs.manual_pages

readme: .venv/ready-dev ## Run the commands of README.md again, and write down what they print.
	$(BIN)/python -m tests.docs.readme

changelog: .venv/ready-dev ## Print the pages in docs/changelog anew; takes a minute.
	$(BIN)/python -m tests.docs.changelog

fidelity: .venv/ready ## Print docs/fidelity.md anew from the engine's tables.
	$(BIN)/python -m necp_replay.report.fidelity_text > docs/fidelity.md.new
	mv docs/fidelity.md.new docs/fidelity.md

format: .venv/ready-dev ## Format the code and mend what can be mended.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

fuzz: .venv/ready-fuzz fuzz-commands ## Fuzz the reader, the importers and commands, SECONDS=60 each.
	$(BIN)/python -m tests.fuzz.fuzz_reader -max_total_time=$(SECONDS)
	$(BIN)/python -m tests.fuzz.fuzz_importers -max_total_time=$(SECONDS)

fuzz-commands: .venv/ready-dev ## Fuzz commands for SECONDS=60; ARGS="--seed 2" for other cases.
	$(BIN)/python -m tests.fuzz.fuzz_commands --seconds $(SECONDS) $(ARGS)

damage: .venv/ready ## Cut and flip 20 traces, 110,000 times each; ARGS="--flips 1000" for less.
	$(BIN)/python -m tests.trace.damage --jobs $(JOBS) $(ARGS) traces

bench-formats: .venv/ready-bench ## Measure the trace file beside MCAP and delimited protobuf.
	$(BIN)/python -m tests.trace.compare_formats $(ARGS)

capture-kills: .venv/ready-dev ## Kill a captured program 200 times, minutes; ARGS="--kills 20" for less.
	$(BIN)/python -m tests.capture.killed $(ARGS)

bench-capture: .venv/ready-dev ## Measure what a call costs that is captured, beside one that is not.
	$(BIN)/python -m tests.capture.measure_cost $(ARGS)

# Debian's chromium, or CHROMIUM=/path/to/chromium.
test-report: .venv/ready-report-test ## Test the HTML report in a real browser, headless.
	$(BIN)/python -m pytest tests/browser -n $(JOBS) $(ARGS)

pictures: .venv/ready-report-test ## Take the pictures of the HTML report in docs/ again, if it looks different.
	$(BIN)/python -m tests.browser.pictures $(ARGS)

test-cluster: .venv/ready-dask ## Test runs on a Dask scheduler; two workers are started and killed.
	$(BIN)/python -m pytest tests/cluster $(ARGS)

bench-report: .venv/ready-report-test ## Measure the HTML report with 10,000 differences.
	$(BIN)/python -m tests.browser.measure $(ARGS)

bench-cut: .venv/ready-dev ## Cut single records of a generated trace; ARGS="--records 200000 --cuts 10".
	$(BIN)/python -m tests.tools.measure_cut $(ARGS)

bench-checkpoints: .venv/ready-dev ## Measure commands with checkpoints and without; ARGS="--records 1000000".
	$(BIN)/python -m tests.history.measure_checkpoints $(ARGS)

bench-minimize: .venv/ready-bench ## Minimize planted differences; ARGS="--differences 100 --records 20000".
	$(BIN)/python -m tests.minimize.planted $(ARGS)

bench-scale: .venv/ready-dev ## Double what work depends on; fails where it grows 2.3 times. ARGS="--only rules".
	$(BIN)/python -m tests.bench.scale $(ARGS)

bench-align: .venv/ready-dev ## Compare traces of a million records that differ in known places.
	$(BIN)/python -m tests.replay.two_files.compare_long $(ARGS)

dist: .venv/ready-dist ## Build wheel and sdist, check both, and use the wheel in an empty folder.
	@.ci/dist $(BIN)/python

clean: ## Remove environments, caches and build products.
	rm -rf .venv .venv-3.* .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist *.egg-info
	find necp_replay schemas tests -name __pycache__ -prune -exec rm -rf {} +

# Each environment is complete when its `ready` file exists, and made anew when pyproject.toml
# asks for something else.
.venv/ready: pyproject.toml
	@python="$(PYTHON)"; test -n "$$python" && "$$python" -m venv .venv
	@$(BIN)/python $(INSTALL) --editable .
	@touch $@

.venv/ready-dev: .venv/ready
	@$(BIN)/python $(INSTALL) --editable '.[dev]'
	@touch $@

.venv/ready-fuzz .venv/ready-bench .venv/ready-dist .venv/ready-report-test .venv/ready-dask: .venv/ready-%: .venv/ready-dev
	@$(BIN)/python $(INSTALL) --editable '.[$*]'
	@touch $@

.venv-%/ready: pyproject.toml
	@"$$(.ci/interpreters path $*)" -m venv .venv-$*
	@.venv-$*/bin/python $(INSTALL) --editable '.[test]'
	@touch $@
