# How is this project run, tested and checked? `make help` lists the ways; each installs what it needs at first.

PYTHON ?= python3
SHELL := /bin/bash
MAKEFLAGS += --no-print-directory --no-builtin-rules
.DEFAULT_GOAL := help

VENV := .venv
RUNS := $(VENV)/.installed
CHECKS := $(VENV)/.installed-dev
PIP := $(VENV)/bin/python -u -m pip --disable-pip-version-check

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: $(RUNS) ## Run the service with its own PostgreSQL (the first time, install what it needs)
	@# One process, make's own child: Ctrl-C and kill reach it, and it goes when make is killed with -9.
	@ADUAN_STOP_WITH_PARENT=1 ADUAN_PARENT_PID=$$PPID exec $(VENV)/bin/aduan serve

.PHONY: test
test: $(CHECKS) ## Run every test; one folder or file with `make test TESTS=tests/api`
	@# One more than there are cores: some tests wait for what happens elsewhere.
	$(VENV)/bin/pytest -n $$(($$(getconf _NPROCESSORS_ONLN) + 1)) $(TESTS)

.PHONY: test-lost
test-lost: $(CHECKS) ## Kill the service and PostgreSQL under load: 1,000 reports, none lost, none told twice
	LOST=full $(VENV)/bin/pytest tests/lost

.PHONY: check
check: $(CHECKS) ## Check format, rules of style, types, imports, the schema's file and the migrations
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(VENV)/bin/python -m api.schema_file --check
	$(VENV)/bin/python -m api.migrations_check

.PHONY: format
format: $(CHECKS) ## Format the code, and correct what can be corrected by itself
	$(VENV)/bin/ruff check --fix-only --quiet .
	$(VENV)/bin/ruff format .

.PHONY: schema
schema: $(CHECKS) ## Write schema/schema.graphql anew after a change of the schema
	$(VENV)/bin/python -m api.schema_file

.PHONY: bench
bench: ## Compare with peers; docs/benchmarks.md tells how to narrow it
	@$(MAKE) --silent VENV=bench/.venv bench/.venv/.installed-bench
	@bench/.venv/bin/python -m bench

.PHONY: bench-events
bench-events: $(RUNS) ## Compare how 1,000 and 5,000 subscribers are told; docs/benchmarks-events.md has the figures
	@$(VENV)/bin/python -m bench.following

.PHONY: conformance
conformance: $(CHECKS) ## Audit GraphQL over HTTP, and follow events with others' clients, where Node is installed
	@$(VENV)/bin/python -m tests.conformance.run

COMPILE := uv pip compile $(if $(UPGRADE),--upgrade) --quiet --universal --generate-hashes --no-header \
	--python-version 3.11 pyproject.toml
.PHONY: lock
lock: ## Write the lock files anew after a change of pyproject.toml (UPGRADE=1: newest versions)
	@command -v uv > /dev/null || { echo "make lock needs uv (pip install uv)" >&2; exit 1; }
	@$(COMPILE) --output-file requirements.lock
	@$(COMPILE) --output-file requirements-dev.lock --extra dev --constraints requirements.lock

.PHONY: clean
clean: ## Remove what was installed and built; the data in .aduan stays
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

# The stamps of what is installed. A second start looks at their dates, and at nothing else.
$(RUNS): requirements.lock pyproject.toml $(VENV)/.place
	$(call install,requirements.lock,the service)
	@touch $@

$(CHECKS): requirements-dev.lock pyproject.toml $(VENV)/.place
	$(call install,requirements-dev.lock,the service and its tests)
	@touch $(RUNS) $@

$(VENV)/.installed-bench: bench/requirements.lock $(RUNS)
	@$(PIP) install --quiet --require-hashes --requirement bench/requirements.lock
	@touch $@

define install
@echo "Installing the packages of $(2) (only at first, and after a change of $(1)) ..."
@set -o pipefail; total=$$(grep -c '^[a-z].*==' $(1)); n=0; \
	$(PIP) install --require-hashes --requirement $(1) | while read -r what _; do \
		if [ "$$what" = Collecting ]; then \
			n=$$((n + 1)); [ $$((n % 20)) != 0 ] || echo "  $$n of about $$total packages"; \
		elif [ "$$what" = Installing ]; then \
			echo "  writing them to $(VENV)"; \
		fi; \
	done
@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
endef

# A virtual environment knows its own path and its Python: one that was moved, or lost its Python, is made anew.
ifneq "$(shell test -x $(VENV)/bin/python && cat $(VENV)/.place 2> /dev/null)" "$(CURDIR)"
.PHONY: $(VENV)/.place
endif
$(VENV)/.place:
	@for python in "$(PYTHON)" python3.13 python3.12 python3.11 ""; do \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null && break; \
	done; \
	if [ -z "$$python" ]; then \
		version=$$($(PYTHON) --version 2> /dev/null || echo missing); \
		echo "This needs Python 3.11 or newer, and $(PYTHON) is $${version#Python }: install one," \
			"or name one, as in: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; \
		exit 1; \
	fi; \
	if ! "$$python" -c 'import venv, ensurepip' 2> /dev/null; then \
		echo "$$python has no venv module: install it (Debian, Ubuntu: apt-get install python3-venv)" >&2; \
		exit 1; \
	fi; \
	echo "Creating $(VENV) with $$("$$python" --version) ..."; \
	"$$python" -m venv --clear $(VENV)
	@echo "$(CURDIR)" > $@
