# Everything that is set up lies under .odoo/: see tools/setup.sh
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup demo test test-each coverage journeys pictures lint bench soak mutations test-odoo test-peers try-install shell wheel pot readme docs stop clean

# make demo PORT=8070
PORT ?= 8069
# make test ARGS="-k retry"
ARGS ?=
# make coverage COVERAGE_MIN=97
COVERAGE_MIN ?= 95
# make soak MINUTES=60 SEED=7 FAULTS=kill_worker,terminate
MINUTES ?= 10
SEED ?=
FAULTS ?= all

help: ## List these targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20
	@echo "  tools/odoo ARGS   The odoo command, with this checkout's settings"

setup: ## Install everything that the other targets need
	@tools/setup.sh browser node

demo: ## Serve a database with demo data on http://localhost:8069 (PORT=)
	@PORT=$(PORT) tools/demo.sh

test: ## Run the tests (ARGS= for pytest, e.g. ARGS="-k retry")
	@tools/test.sh $(ARGS)

test-each: ## Install each feature alone, run its tests there, uninstall it (ARGS=)
	@tools/each.sh $(ARGS)

coverage: ## Run the tests and measure what they cover (COVERAGE_MIN=)
	@COVERAGE_MIN=$(COVERAGE_MIN) tools/test.sh $(ARGS)

journeys: ## Drive a copy of the demo as its users do (JOURNEY_URL= for a server that runs)
	@tools/journeys.sh $(ARGS)

pictures: ## Take the pictures of docs/ from a copy of the demo (ARGS="split trends")
	@tools/pictures.sh $(ARGS)

lint: ## Run every linter over every file
	@tools/lint.sh $(ARGS)

bench: ## Measure against plain Odoo
	@tools/bench.sh $(ARGS)

soak: ## Break a server on purpose, check its promises (MINUTES= SEED= FAULTS=)
	@MINUTES=$(MINUTES) SEED=$(SEED) FAULTS=$(FAULTS) tools/soak.sh $(ARGS)

mutations: ## Put faults into the code, show what notices them (ARGS='--only "..."')
	@tools/mutations.sh $(ARGS)

test-odoo: ## Run Odoo's own tests with the addon and without
	@tools/setup.sh browser
	@.odoo/venv/bin/python tools/test_odoo.py $(ARGS)

test-peers: ## Run the tests of OCA addons with the addons and without
	@tools/setup.sh browser
	@.odoo/venv/bin/python tools/test_peers.py $(ARGS)

try-install: ## Install each way that docs/installing.md names, and sell (ARGS="wheels")
	@tools/try_install.sh $(ARGS)

shell: ## A Python shell on the database of "make demo"
	@tools/odoo shell -d demo $(ARGS)

wheel: ## Build a wheel of each addon into dist/
	@tools/setup.sh
	@rm -f dist/odoo_addon_*.whl
	@for folder in . $$(dirname addons/*/pyproject.toml); do \
	    .odoo/venv/bin/python -m build --no-isolation --wheel --outdir dist $$folder || exit 1; \
	done

pot: ## Write what is to be translated to i18n/
	@tools/pot.sh

readme: ## Write the README of each addon, and what docs/ takes from the code
	@tools/setup.sh
	@.odoo/venv/bin/python tools/readme.py
	@.odoo/venv/bin/python tools/tables.py

docs: ## Build the documents as a site, with a search
	@tools/docs.sh

stop: ## Stop the private PostgreSQL
	@tools/stop.sh

clean: ## Stop it and remove everything that was set up, databases included
	@tools/stop.sh --remove
