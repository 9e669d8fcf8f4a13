# make help says what there is.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
SITE   := _build/html/index.html
TOOL   := $(BIN)/python book/_tools/notebooks.py
EDITION := $(BIN)/python book/_tools/edition.py
BUILD  := $(BIN)/jupyter-book build . -W -n --keep-going
PYTEST := $(BIN)/python -m pytest -q
LOCK   := $(BIN)/uv pip compile - --quiet --universal --python-version 3.11 --fork-strategy fewest --no-annotate \
          --custom-compile-command "make lock"
NBVAL  := OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(PYTEST) -p tests.book.nbval_formats --nbval --nbval-cell-timeout=120 -n 2 --dist loadfile

.DEFAULT_GOAL := help
.PHONY: help book serve lab test check bench floors mutate notebooks chapter lock vendor clean

help:  ## Show this list
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/installed: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed: make PYTHON=python3.11 ..."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -r requirements.txt
	@touch $@

book: $(VENV)/installed  ## Build the site
	@echo "Executing the chapters that have changed: minutes, the first time."
	@$(TOOL) cache
	@# A second incremental build would hide the first one's warnings.
	$(BUILD) || { rm -rf _build/.doctrees; exit 1; }
	$(EDITION)
	@echo "Open $(SITE), or run make serve."

serve: book  ## Build the site and show it at http://localhost:8000
	@$(BIN)/python -m webbrowser http://localhost:8000 || true
	$(BIN)/python -m http.server 8000 --bind localhost --directory _build/html

lab: book  ## Open the chapters in JupyterLab (a copy, in lab/)
	$(EDITION) lab

check: $(VENV)/installed  ## Lint, types, unit tests, doctests: no notebooks, no browser
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	MPLBACKEND=Agg $(PYTEST) --doctest-modules -m "not browser and not slow" -n 2 --dist loadfile

test: $(VENV)/installed  ## Everything: unit tests, doctests, notebooks, site, browser
	@echo "Executing the chapters that have changed: minutes, the first time."
	@$(TOOL) cache
	$(BUILD) --all
	$(EDITION)
	MPLBACKEND=Agg $(PYTEST) --doctest-modules --ignore tests/benchmarks -n 2 --dist loadfile
	$(NBVAL) $$($(TOOL) list)

bench: $(VENV)/installed  ## Time the package (minutes; on a quiet machine)
	$(PYTEST) tests/benchmarks --benchmark-only

notebooks: $(VENV)/installed  ## Format, execute and normalise every chapter, in place
	$(BIN)/ruff format --quiet $$($(TOOL) list)
	$(TOOL) execute

chapter: $(VENV)/installed  ## Start one: PART=lifting NUMBER=3 NAME=discrete TITLE="..."
	$(TOOL) new "$(PART)" "$(NUMBER)" "$(NAME)" "$(TITLE)"

lock: $(VENV)/installed  ## Write both requirements.txt from pyproject.toml
	echo "-e .[qsvt,book,test,dev]" | $(LOCK) -o requirements.txt
	@# Beginning with the pins of the whole, uv keeps those that are needed.
	cp requirements.txt .binder/requirements.txt
	echo "-e .[qsvt,run]" | $(LOCK) -o .binder/requirements.txt

floors: $(VENV)/installed  ## Unit tests with the lowest versions that are declared
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python _build/floors
	$(BIN)/uv pip install --quiet --python _build/floors/bin/python --resolution lowest-direct -e ".[qsvt,test]"
	MPLBACKEND=Agg _build/floors/bin/python -m pytest -q -m "not browser and not slow" \
	  --ignore tests/book --ignore tests/benchmarks -n 2 --dist loadfile tests

mutate: $(VENV)/installed  ## Would the tests notice? MUTATE="--sample 30 solving/hhl/clock"
	$(BIN)/uv pip install --quiet --python $(BIN)/python -e ".[mutate]"
	$(BIN)/python tests/mutate.py $(MUTATE)

vendor:  ## Fetch MathJax and the widget manager again (needs npm)
	book/_tools/vendor.sh

clean:  ## Remove the site and the caches; keep the environment
	rm -rf _build .pytest_cache .ruff_cache .mypy_cache .hypothesis .benchmarks *.egg-info
	find book qcl tests -name __pycache__ -type d -prune -exec rm -rf {} +
