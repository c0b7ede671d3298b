# Two commands on a fresh machine with python3 (3.11+), venv and make:
#   make demo    the whole path on the bundled sample market
#   make test    everything that must hold: lint, types, import contracts, tests

ifeq ($(origin PYTHON),undefined)
PYTHON := $(shell sh tools/python.sh)
endif
VENV   := .venv
BIN    := $(VENV)/bin
UV     := $(BIN)/uv pip install --quiet --python $(BIN)/python
LOCK   := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
          --no-emit-index-url --no-emit-find-links --no-annotate --no-header

.PHONY: demo test test-postgresql suite drills drill evening-drill collect-drill two-years image-drill check bench docs site site-serve setup golden api-fuzz shots lock wheel clean model-demo

demo: $(VENV)/.runtime
	@$(BIN)/newsletter demo --out demo

setup: $(VENV)/.test

test: $(VENV)/.test
	@sh tools/install-debian.sh
	@sh tools/install-mailauth.sh
	@$(MAKE) --no-print-directory --jobs 2 check suite

# Beside the check, whose strict types keep one core busy for a minute and leave the other idle.
# A worker holds up to 2.5 GB; WORKERS=2 where that is too much.
WORKERS ?= 4

suite: $(VENV)/.test
	-@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m newsletter.patterns # compiled once, not by every worker
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -q

# The long forms: every case by itself, a thousand drawn examples. An hour and a half on two cores.
drills: $(VENV)/.test
	@sh tools/install-debian.sh
	@sh tools/install-mailauth.sh
	NEWSLETTER_DRILLS=1 $(BIN)/python -m pytest -n 2 --dist loadfile -q -m "drill or not drill"

# The desk and the public pages on PostgreSQL, which the suite runs on SQLite; a quarter of an hour.
test-postgresql: $(VENV)/.test
	@sh tools/install-debian.sh
	NEWSLETTER_TESTS_ON=postgresql $(BIN)/python -m pytest -n 2 --dist loadfile -q \
	  tests/contract/test_desk_*.py tests/contract/test_public_*.py \
	  tests/contract/test_counting.py tests/contract/test_welcome.py

# A sender killed at 300 random instants, in the clear and among every fault; some minutes.
# SEED=N repeats a drill.
FAULTS := drop=0.01 421=0.01 4xx=0.02 5xx=0.01 after=0.02 lost=0.01 stall=0.01 full=0.03 locked=0.03

drill: $(VENV)/.test
	$(BIN)/python tests/drill.py $(if $(SEED),--seed $(SEED))
	$(BIN)/python tests/drill.py $(if $(SEED),--seed $(SEED)) $(FAULTS)

# Editions made, approved and sent, their processes killed at 200 random instants on each database;
# half an hour.
evening-drill: $(VENV)/.test
	$(BIN)/python tests/evening_drill.py --on sqlite $(if $(SEED),--seed $(SEED))
	$(BIN)/python tests/evening_drill.py --on postgresql $(if $(SEED),--seed $(SEED))

# Collecting under 200 random combinations of faults, killed at random; some minutes.
collect-drill: $(VENV)/.test
	$(BIN)/python tests/collect_drill.py $(if $(SEED),--seed $(SEED))

# The image is built and run for real, without a Docker engine; as root, some five minutes.
image-drill:
	sh tools/image-drill.sh $(or $(DIR),build/image-drill)

# Two simulated years of evenings, faults among them, through the whole product; five minutes.
two-years: $(VENV)/.test
	$(BIN)/python tests/two_years.py --houses 2 $(if $(SEED),--seed $(SEED)) $(if $(SESSIONS),--sessions $(SESSIONS))

check: $(VENV)/.test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/list_signals.py --check
	$(BIN)/python tools/list_rules.py --check

docs: $(VENV)/.test
	$(BIN)/python tools/list_signals.py
	$(BIN)/python tools/list_rules.py
	$(BIN)/python -W ignore tools/list_facts.py

# The documentation as a site in ./site, which asks nothing of other hosts; a broken link ends it.
SITE := NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs

site: $(VENV)/.site
	$(SITE) build --quiet

site-serve: $(VENV)/.site
	$(SITE) serve --watch newsletter --watch tools/site

# Times the signal engine; MARKET names a directory of real bars, without which that part is left out.
MARKET ?= ../shared/market

bench: $(VENV)/.test
	$(BIN)/python benchmarks/signals.py --market $(MARKET) --docs docs/performance.md

golden: $(VENV)/.test
	UPDATE_GOLDEN=1 $(BIN)/python -m pytest -q tests/golden

# Asks the API a hundred times as many made-up questions as the suite does, never the same.
EXAMPLES ?= 200

api-fuzz: $(VENV)/.test
	NEWSLETTER_API_EXAMPLES=$(EXAMPLES) $(BIN)/python -m pytest -q -n 0 --timeout 0 \
	  tests/contract/test_desk_api.py -k schema

shots: $(VENV)/.test demo
	@sh tools/install-debian.sh
	$(BIN)/python tools/screenshots.py demo/edition/mail.html demo/shots

# One evening with a real, very small model on this machine. Builds llama.cpp (a C++ compiler
# and a quarter of an hour, once), in an environment of its own.
model-demo: $(VENV)/.runtime .venv-model/.ready
	.venv-model/bin/python tools/model_demo.py --newsletter $(abspath $(BIN)/newsletter)

.venv-model/.ready: requirements/model-demo.txt
	$(PYTHON) -m venv .venv-model
	.venv-model/bin/python -m pip install --quiet --require-hashes -r requirements/model-demo.txt
	@touch $@

lock: $(VENV)/.bootstrap
	$(LOCK) -o requirements/bootstrap.txt requirements/bootstrap.in
	$(LOCK) -o requirements/runtime.txt pyproject.toml requirements/build.in
	$(LOCK) -o requirements/test.txt -c requirements/runtime.txt --extra otel --extra sentry \
	  pyproject.toml requirements/build.in requirements/sso.in requirements/docs.in requirements/test.in
	$(LOCK) -o requirements/docs.txt -c requirements/test.txt requirements/docs.in
	$(LOCK) -o requirements/sso.txt -c requirements/test.txt requirements/sso.in
	$(LOCK) -o requirements/model-demo.txt requirements/model-demo.in

wheel: $(VENV)/.runtime
	$(BIN)/python -m hatchling build -t wheel

clean:
	rm -rf $(VENV) .venv-model demo dist build site

# uv installs in seconds what pip installs in minutes; where it cannot reach an index that
# only pip is configured for, pip does the same work from the same lock file.
$(VENV)/.bootstrap: requirements/bootstrap.txt
	@echo "Making $(VENV) (once; about a minute)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed")'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
	  -r requirements/bootstrap.txt
	@touch $@

$(VENV)/.runtime: $(VENV)/.bootstrap requirements/runtime.txt pyproject.toml
	@$(UV) --require-hashes --compile-bytecode -r requirements/runtime.txt \
	  || $(BIN)/python -m pip install --quiet --require-hashes -r requirements/runtime.txt
	@$(UV) --no-deps --no-build-isolation --editable . \
	  || $(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.runtime requirements/test.txt
	@$(UV) --require-hashes --compile-bytecode -r requirements/test.txt \
	  || $(BIN)/python -m pip install --quiet --require-hashes -r requirements/test.txt
	@touch $@

$(VENV)/.site: $(VENV)/.runtime requirements/docs.txt
	@$(UV) --require-hashes -r requirements/docs.txt \
	  || $(BIN)/python -m pip install --quiet --require-hashes -r requirements/docs.txt
	@touch $@
