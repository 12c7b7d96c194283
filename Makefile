# Everything a developer runs. `make help` lists it.
SHELL := /bin/bash
DEV := tools/dev
export PYTHON ?= python3
ifdef ADDONS
export ADDONS
endif

.PHONY: help run reset test test-odoo tools-test lint wheel i18n bench shell psql clean

help: ## this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

run: ## Odoo with our demo data on http://localhost:8069 (PORT=, DB=)
	@$(DEV) run $(if $(PORT),--port=$(PORT)) $(ARGS)

reset: ## drop what `make run` keeps
	@$(DEV) reset $(ARGS)

test: ## all tests, in two groups (ARGS="-k word", ARGS=path, ADDONS=loyalty_b2b)
	@$(DEV) test $(ARGS)

test-odoo: ## Odoo's own tests with us and without (ARGS="sale portal", ARGS=--light)
	@$(DEV) test-odoo $(ARGS)

tools-test: ## the tests of these tools (ARGS=)
	@$(DEV) tools-test $(ARGS)

lint: ## ruff, odoo-linter, pylint-odoo, Odoo's own test_lint, translations
	@$(DEV) lint $(ARGS)

wheel: ## each addon as a wheel in dist/
	@$(DEV) wheel $(ARGS)

i18n: ## export the .pot of each addon
	@$(DEV) i18n $(ARGS)

bench: ## the scripts in bench/ (ARGS=name)
	@$(DEV) bench $(ARGS)

shell: ## a Python shell in the database of `make run`
	@$(DEV) shell $(ARGS)

psql: ## an SQL shell in the database of `make run`
	@$(DEV) psql $(ARGS)

clean: ## delete all that was installed, built or kept
	-@$(DEV) reset
	rm -rf .odoo dist
