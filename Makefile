# The commands of this project. `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help demo test lint bench docs lock format clean
RUN := .venv/bin

help: ## list the commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

demo: ## make harmless material, scan it, serve the console (SERVE=0 stops after the summary)
	@scripts/setup.sh demo
	@QALQAN_HOME="$${QALQAN_HOME:-$(CURDIR)/.demo}" $(RUN)/qalqan demo $(if $(filter 0,$(SERVE)),--no-serve,)

test: ## run every check: lint and all tests
	@scripts/setup.sh test
	@$(MAKE) --no-print-directory lint
	@scripts/test.sh $(ARGS)

lint: ## ruff with all rules, mypy strict, import-linter, deptry
	@scripts/setup.sh lint
	@$(RUN)/ruff check --quiet .
	@$(RUN)/ruff format --quiet --check .
	@$(RUN)/mypy
	@$(RUN)/lint-imports --no-logo --cache-dir .cache/import-linter 2>/dev/null || $(RUN)/lint-imports
	@$(RUN)/deptry src

bench: ## measure: copy detection beside its peers, the index, scans, pages (ARGS="pictures" for one part)
	@scripts/setup.sh bench
	@$(RUN)/python -m bench $(ARGS)

docs: ## build the docs site into site/
	@scripts/setup.sh lint
	@$(RUN)/mkdocs build --strict --quiet

format: ## put the code into its form
	@$(RUN)/ruff check --quiet --fix . ; $(RUN)/ruff format .

lock: ## write requirements/*.txt anew
	@scripts/lock.sh

clean: ## remove what the other commands made
	rm -rf .venv .tools .demo .cache site
	find src -name '*.nb[ci]' -delete
