# Everyday commands. Every path is relative, so the checkout may lie anywhere, in a folder with spaces too.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: messages platforms image failover deploy-packages lighthouse lighthouse-packages screenshots test-browser browser-packages fuzz long audit security-packages help run test check lint types imports migrations openapi books backup restore fmt requirements wheel clean venv run-packages dev-packages bench

help: ## This page
	@echo "FineTune. Python 3.11 or later and make are all it needs."
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "make run reads HOST, PORT, DATABASE_URL, FINETUNE_DATA_DIR and more from the environment;"
	@echo "once it has run, $(BIN)/python -m finetune help lists them all."

run: run-packages ## The shop: database, migrations, demo on an empty data folder, server
	@exec $(BIN)/python -m finetune run

test: dev-packages ## All tests
	$(BIN)/python -m pytest -n 2 --dist loadfile -q $(APART)

# What needs programs that no package index brings.
APART := $(addprefix --ignore tests/,browser platforms image failover)

test-browser: browser-packages ## A real browser at a real shop: each role's day, and every page by day and night
	$(BIN)/python -m pytest -q tests/browser

lighthouse: browser-packages lighthouse-packages ## Lighthouse over the pages that matter: 100 but for performance, which is told (ONCE=1: one run)
	$(BIN)/python -m tests.lighthouse $(if $(ONCE),--once)

platforms: deploy-packages ## The files of deploy/, each looked at by its platform's own tools
	@$(call programs,caddy systemd-analyze:systemd shellcheck)
	$(BIN)/python -m pytest -q tests/platforms

image: deploy-packages ## Build the image without an engine, and run it: read-only, without rights, on a PostgreSQL server
	@$(call programs,debootstrap buildah podman runc)
	$(BIN)/python -m pytest -q -s tests/image

failover: deploy-packages ## PgBouncer under load, a standby that is read, and a primary that is killed
	@$(call programs,pgbouncer haproxy etcd:etcd-server openssl $(POSTGRESQL))
	$(BIN)/python -m pytest -q -s tests/failover

screenshots: browser-packages ## Take the pictures of docs/screenshots anew, with a real browser at a demo shop
	$(BIN)/python -m tests.browser.screenshots

check: lint types imports migrations openapi ## Style, types, import directions, migrations, description of the API

lint: dev-packages
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: dev-packages
	$(BIN)/mypy finetune tests

imports: dev-packages
	$(BIN)/lint-imports

# Both look at the code alone; the warning is that no database answers while they do.
migrations: dev-packages
	$(BIN)/python -W ignore::RuntimeWarning -m finetune manage makemigrations --check --dry-run

openapi: dev-packages
	$(BIN)/python -m finetune manage openapi --check

# gettext's tools find the words; nothing else needs them.
messages: dev-packages ## Gather the words of the pages for translation, and compile what is translated
	@command -v xgettext > /dev/null || { echo "make messages needs gettext's tools (apt install gettext)."; exit 2; }
	$(BIN)/python -m tests.messages

fuzz: security-packages ## Random requests at a shop of its own, then its books: FUZZ_SEED, FUZZ_SECONDS
	$(BIN)/python -m tests.fuzz

long: dev-packages ## Kill the shop in several rounds, and try random operations for minutes: CRASH_ROUNDS, LONG_SECONDS
	FINETUNE_CRASH_ROUNDS=$(or $(CRASH_ROUNDS),2) $(BIN)/python -m pytest -q -s tests/crash
	FINETUNE_LONG=1 FINETUNE_SECONDS=$(or $(LONG_SECONDS),120) $(BIN)/python -m pytest -q -s tests/properties/test_machine.py

audit: security-packages ## Known holes in packages, risky code, and the settings of a shop on the open Internet
	$(BIN)/python -m tests.security.audit

books: run-packages ## Check the books of the shop in the data folder
	@exec $(BIN)/python -m finetune books

backup: run-packages ## Write a backup of the shop while it trades, into FINETUNE_BACKUP_DIR
	@exec $(BIN)/python -m finetune backup

restore: run-packages ## make restore FILE=... [OPTIONS=...]: a backup into an empty FINETUNE_DATA_DIR
	@exec $(BIN)/python -m finetune restore $(if $(FILE),"$(FILE)") $(OPTIONS)

bench: dev-packages ## What bills, payments and lists cost beside the least that the same rows cost (BRIEF=1: two minutes; a missed target is said and fails nothing)
	$(BIN)/python -m bench $(if $(BRIEF),--brief) $(if $(GROW),--grow $(GROW)) $(if $(MOVEMENTS),--movements $(MOVEMENTS))

fmt: dev-packages ## Put the code into shape
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# One resolution for every system and every Python from 3.11 on, with hashes and without addresses.
requirements: venv ## Resolve requirements/*.in anew into requirements/*.txt
	@folder=`mktemp -d` && trap 'rm -rf "$$folder"' EXIT && \
	  echo "Resolving the requirements" && \
	  $(BIN)/python -m venv "$$folder/venv" && \
	  "$$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check uv && \
	  cd requirements && \
	  "$$folder/venv/bin/uv" pip compile --quiet --upgrade $(RESOLVE) run.in -o run.txt && \
	  "$$folder/venv/bin/uv" pip compile --quiet --upgrade $(RESOLVE) run.in dev.in -o dev.txt && \
	  "$$folder/venv/bin/uv" pip compile --quiet --upgrade $(RESOLVE) security.in -o security.txt && \
	  "$$folder/venv/bin/uv" pip compile --quiet --upgrade $(RESOLVE) browser.in -o browser.txt && \
	  "$$folder/venv/bin/uv" pip compile --quiet --upgrade $(RESOLVE) deploy.in -o deploy.txt && \
	  "$$folder/venv/bin/uv" pip compile --quiet --upgrade $(RESOLVE) build.in -o build.txt
RESOLVE := --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header

wheel: dev-packages ## Build the package into dist/
	@mkdir -p build && echo "Building the package" && \
	  { $(BIN)/python -m build --wheel --no-isolation > build/wheel.log 2>&1 || { cat build/wheel.log; exit 1; }; } && \
	  ls dist/*.whl

clean: ## Remove what was built and cached; the shop's data and .venv stay
	rm -rf build dist finetune.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find finetune tests -name __pycache__ -type d -prune -exec rm -rf {} +

venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "FineTune needs Python 3.11 or later: make PYTHON=python3.12 ..."; exit 2; }
	@$(BIN)/python -c '' 2>/dev/null || \
	  { echo "Making the virtual environment $(VENV)"; $(PYTHON) -m venv --clear $(VENV); }

run-packages: venv
	@$(call install,run)

dev-packages: run-packages
	@$(call install,dev)

security-packages: dev-packages
	@$(call install,security)

deploy-packages: dev-packages
	@$(call install,deploy)

browser-packages: dev-packages
	@$(call install,browser)
	@command -v chromium > /dev/null || [ -n "$$CHROME_PATH" ] || { \
	  echo "Installing Chromium"; \
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } > /dev/null || \
	  { echo "Chromium is missing: install it as root, or set CHROME_PATH to one."; exit 2; }; }

# Node is needed for this alone. The lock file holds hashes and no addresses.
lighthouse-packages:
	@command -v npm > /dev/null || { echo "Lighthouse needs Node.js 20 or later with npm."; exit 2; }
	@cd tests/lighthouse && { [ node_modules/.package-lock.json -nt package-lock.json ] || { \
	  echo "Installing Lighthouse"; \
	  PUPPETEER_SKIP_DOWNLOAD=1 npm ci --no-audit --no-fund --loglevel=error > /dev/null; }; }

# Installs a file of requirements when it is another than last time. The note of it is written after success only.
install = sum=`cksum < requirements/$(1).txt`; \
  if [ "$$sum" != "`cat $(VENV)/$(1)-packages 2>/dev/null`" ]; then \
    echo "Installing the packages of requirements/$(1).txt"; \
    $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes --no-deps \
      -r requirements/$(1).txt && echo "$$sum" > $(VENV)/$(1)-packages; \
  fi

# Programs of Debian's, as name or name:package. Where they cannot be had, the tests that need them say so.
programs = missing=; for each in $(1); do \
    command -v "$${each%%:*}" > /dev/null || missing="$$missing $${each\#\#*:}"; done; \
  if [ -n "$$missing" ]; then echo "Installing$$missing"; apt-get update -qq > /dev/null 2>&1 || true; fi; \
  for each in $$missing; do \
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$each > /dev/null 2>&1 || \
      echo "$$each could not be installed; what needs it is left out."; done
# A server of the system's speaks TLS, which the built-in one does not.
POSTGRESQL := $(or $(firstword $(wildcard /usr/lib/postgresql/*/bin/postgres)),postgres:postgresql)
