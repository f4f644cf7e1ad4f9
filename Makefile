# make run: everything that is needed, then the screen on a shipped example.
# make test: everything that the tests need, Docker with gVisor included where root and apt allow, then the tests.
# make check: the inner loop, under a minute.

PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
RUN = $(VENV)/.installed
DEV = $(VENV)/.installed-dev
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: run test check setup-sandbox clean lock

run: $(RUN) setup-sandbox
	@$(BIN)/coder-tui tui --example merge_intervals

test: $(DEV) setup-sandbox
	@$(BIN)/python -m sandbox.testbed exec $(BIN)/python -m pytest -q

check: $(DEV)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q -x tests/unit tests/engine -m "not slow and not gvisor"

$(RUN): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing the locked requirements into $(VENV)"
	@$(PIP) --require-hashes --requirement requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): $(RUN) requirements-dev.lock
	@echo "installing what the tests need"
	@$(PIP) --require-hashes --requirement requirements-dev.lock
	@touch $@

setup-sandbox:
	@sh scripts/ensure-bubblewrap.sh

COMPILE = $(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-header \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host

lock:
	$(PIP) pip-tools
	$(COMPILE) --extra build --output-file requirements.lock pyproject.toml
	$(COMPILE) --extra build --extra dev --output-file requirements-dev.lock pyproject.toml

clean:
	rm -rf $(VENV) dist build
