# make run: everything that is needed, then the screen on a shipped example.
# make test: everything that the tests need, Docker with gVisor included where root and apt allow, then the tests.
# make check: the inner loop, under a minute.
# make test-llama: builds llama.cpp's server from its source, once (about 6 minutes on two cores), and asks it.

PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
RUN = $(VENV)/.installed
DEV = $(VENV)/.installed-dev
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check

LLAMA = .venv-llama

.PHONY: run test check test-llama setup-sandbox clean lock

run: $(RUN) setup-sandbox
	@$(BIN)/coder-tui tui --example merge_intervals

test: $(DEV) setup-sandbox
	@$(BIN)/python -m sandbox.testbed exec $(BIN)/python -m pytest -q

check: $(DEV)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q -x -n auto --maxprocesses 4 --dist worksteal \
		tests/unit tests/engine -m "not slow and not gvisor"

test-llama: $(DEV) $(LLAMA)/.built
	$(BIN)/python -m pytest -q -m "llama_server or llama_cpp" tests/llama

$(LLAMA)/.built: tests/llama/requirements.lock
	@command -v c++ >/dev/null || { echo "a C++ compiler is needed: apt-get install g++"; exit 1; }
	@test -x $(LLAMA)/bin/python || $(PYTHON) -m venv $(LLAMA)
	@echo "building llama.cpp's server into $(LLAMA); this takes some minutes, once"
	@CMAKE_ARGS="-DLLAVA_BUILD=OFF -DLLAMA_OPENSSL=OFF -DGGML_OPENMP=OFF -DCMAKE_CXX_FLAGS_RELEASE=-O1" \
		$(LLAMA)/bin/python -m pip install --quiet --disable-pip-version-check \
		--require-hashes --requirement tests/llama/requirements.lock
	@touch $@

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
	$(COMPILE) --output-file tests/llama/requirements.lock tests/llama/requirements.in

clean:
	rm -rf $(VENV) $(LLAMA) dist build
