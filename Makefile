# The two commands: `make demo` (watch it work) and `make up` (work with it).
# They need Linux, Python 3.11 and make; everything else is fetched into this folder.

PYTHON ?= python3.11
RUN := .venv/bin/python
PACKAGES := services shared deploy tests examples

.PHONY: help demo up down status clock test check lock bench bootstrap bootstrap-tests

help: ## Show what there is to do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: bootstrap ## Start everything, do one heronderzoek with made-up residents, stay up (FILE=… ONCE=1)
	@$(RUN) -m deploy.local demo $(if $(ONCE),--once) $(if $(FILE),--file "$(FILE)")

up: bootstrap ## Start everything and stay up until Ctrl+C
	@$(RUN) -m deploy.local up

down: bootstrap ## Stop what another terminal started
	@$(RUN) -m deploy.local down

status: bootstrap ## Show what runs and what it holds in memory
	@$(RUN) -m deploy.local status

clock: bootstrap ## Move the business time of all services (BY=+14d, BY=reset; without: show)
	@$(RUN) -m deploy.local clock $(BY)

test: bootstrap-tests ## Run all tests, two at a time (ARGS=… goes to pytest)
	@$(RUN) -m pytest --numprocesses=2 --no-loadscope-reorder $(ARGS)

check: bootstrap-tests ## Run what does not need the system to run: style, types, imports
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(RUN) -m mypy --strict $(PACKAGES)
	@.venv/bin/lint-imports

lock: bootstrap-tests ## Choose versions anew and write all locks
	@$(RUN) -m deploy.local.locks

bench: bootstrap-tests ## Measure (docs/performance.md)
	@$(RUN) -m tests.bench $(ARGS)

bootstrap:
	@command -v $(PYTHON) > /dev/null || { echo "Python 3.11 ontbreekt ($(PYTHON)). Installeer het, of wijs het aan: make $(MAKECMDGOALS) PYTHON=/pad/naar/python3.11"; exit 1; }
	@$(PYTHON) -m deploy.local.bootstrap

bootstrap-tests:
	@command -v $(PYTHON) > /dev/null || { echo "Python 3.11 ontbreekt ($(PYTHON)). Installeer het, of wijs het aan: make $(MAKECMDGOALS) PYTHON=/pad/naar/python3.11"; exit 1; }
	@$(PYTHON) -m deploy.local.bootstrap --with tests
