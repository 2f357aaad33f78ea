# Needs Python 3.11 or newer and make; everything else is installed by what needs it, once.
# The second run installs nothing and needs no network.

PYTHON ?= python3
JOBS ?= 2
CASES ?= techmart leadscore churn

VENV := .venv
BIN := $(VENV)/bin
LOCKED := $(VENV)/.locked
INSTALLED := $(VENV)/.installed
TOOLS := $(VENV)/.tools
PIP := $(BIN)/python -m pip --disable-pip-version-check
# A lock is complete, so nothing is resolved: an old pip that resolves takes newer releases than the locked ones.
WHOLE := install --quiet --no-deps --only-binary :all: --require-hashes --requirement
INSTALL_LOCK := $(PIP) $(WHOLE)
FITS := said=$$($(PIP) check) || { echo "$$said" >&2; \
  echo 'make: other packages in $(VENV) do not fit the locked ones; try: make clean, then make again' >&2; exit 1; }
UV := uv==0.13.9
PYTHONS ?= 3.12 3.13
BESIDE ?= mlflow feast snowflake-ml-python evidently great-expectations
OLD := 'scikit-learn==1.5.2' 'pandas<3' 'numpy<2.3' 'skops==0.11' 'xgboost-cpu<3'
CATBOOST := catboost 'pandas<3' scikit-learn
MLFLOW := mlflow-skinny 'pandas<3' scipy
TORCH := torch onnxscript 'pandas<3' 'numpy<2.3'
SAME := $(BIN)/python tests/packaging/same_results.py

RESOLVE := $(BIN)/uv pip compile pyproject.toml --python-version 3.11 --only-binary :all: --no-strip-extras \
  --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet

PYTEST := $(BIN)/python -m pytest -n $(JOBS) --dist loadfile

.DEFAULT_GOAL := help
.PHONY: help demo test check coverage test-real test-lowest test-pythons beside bench mutants models lock clean build-system test-system
.DELETE_ON_ERROR:

help: ## list what make can do
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(INSTALLED) build-system ## compile the three cases; each ends with its verdict and the path of its bundle
	@for case in $(CASES); do $(BIN)/dossier build "data/$$case" || exit $$?; done

test: check test-system ## the checks, then all tests but those on real data
	$(PYTEST) -m "not real"

coverage: $(TOOLS) test-system ## the same tests, and which branches of the program none of them takes
	$(PYTEST) -m "not real" --cov --cov-report=term

check: $(TOOLS) ## lint, types and import contracts, without tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo --cache-dir .cache/import-linter

test-real: $(TOOLS) test-system ## the tests on the real data sets of ../shared/data, where it exists
	@if [ -d "../shared/data" ]; then \
	  echo '$(PYTEST) -m real'; \
	  $(PYTEST) -m real; status=$$?; \
	  if [ $$status = 5 ]; then echo 'test-real: no test is marked real yet'; exit 0; fi; exit $$status; \
	else \
	  echo 'test-real: nothing tested, there is no ../shared/data here'; \
	fi

test-lowest: $(INSTALLED) .cache/lowest/.locked ## the cases with the lowest versions of packages: same facts, same texts
	@$(SAME) .cache/lowest/bin/python $(CASES)

test-pythons: $(INSTALLED) build-system ## a case with other Pythons, as far as they are here (PYTHONS=3.12 3.13)
	@tests/packaging/pythons '$(WHOLE)' $(PYTHONS)

beside: $(INSTALLED) $(VENV)/.uv ## whether the wheel lets other packages keep their newest version (BESIDE=...)
	@$(BIN)/python tests/packaging/beside.py $(BIN)/uv $(BESIDE)

mutants: $(TOOLS) build-system ## turn 300 rules, one at a time, and name those that no test holds (an hour or two)
	@$(BIN)/python -m tests.mutants.run --jobs $(JOBS)

bench: $(INSTALLED) build-system ## measure the promises on speed, as ratios
	@$(BIN)/python tests/benchmarks/run.py

lock: $(VENV)/.uv ## resolve pyproject.toml into the locks again (UPGRADE=--upgrade for newer versions)
	@$(RESOLVE) $(UPGRADE) --universal --group build --output-file requirements.lock >/dev/null
	@$(RESOLVE) $(UPGRADE) --universal --group dev --constraints requirements.lock \
	  --output-file requirements-dev.lock >/dev/null
	@$(RESOLVE) --upgrade --resolution lowest-direct --group build --output-file tests/packaging/lowest.lock >/dev/null
	@echo 'requirements.lock, requirements-dev.lock and tests/packaging/lowest.lock are resolved'

models: $(TOOLS) test-system ## make the model files that newcomers have and open each: tests/models/RESULTS.md (half an hour)
	@$(PYTHON) -m venv .cache/models/old && .cache/models/old/bin/python -m pip install --quiet $(OLD)
	@$(PYTHON) -m venv .cache/models/catboost && .cache/models/catboost/bin/python -m pip install --quiet $(CATBOOST)
	@$(PYTHON) -m venv .cache/models/mlflow && .cache/models/mlflow/bin/python -m pip install --quiet $(MLFLOW)
	@$(PYTHON) -m venv .cache/models/torch && .cache/models/torch/bin/python -m pip install --quiet $(TORCH)
	@$(BIN)/python -m tests.models.run .cache/models/files \
	  $(addsuffix /bin/python,$(addprefix $(CURDIR)/.cache/models/,old catboost mlflow torch)) \
	  > .cache/models/RESULTS.md
	@mv .cache/models/RESULTS.md tests/models/RESULTS.md

clean: ## remove the environment, the caches and the built bundles
	rm -rf $(VENV) .cache .hypothesis dist build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find output -mindepth 1 ! -path output/README.md -delete

build-system: $(VENV)/.made
	@.ci/system-packages $(BIN)/python build

test-system: $(VENV)/.made
	@.ci/system-packages $(BIN)/python test

$(VENV)/.made:
	@command -v $(PYTHON) >/dev/null || { echo 'make: there is no $(PYTHON) here; name a Python: make PYTHON=python3.12' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "make: Python 3.11 or newer is needed, $(PYTHON) is $$($(PYTHON) -V 2>&1); name another: make PYTHON=python3.12" >&2; exit 1; }
	@.ci/system-packages $(PYTHON) environment
	@echo 'make: creating $(VENV) with '"$$($(PYTHON) -V)" >&2
	@$(PYTHON) -m venv $(VENV)
	@touch $@

# Its versions have wheels for Python 3.11 and 3.12.
.cache/lowest/.locked: tests/packaging/lowest.lock
	@echo 'make: installing the packages of tests/packaging/lowest.lock into .cache/lowest' >&2
	@$(PYTHON) -m venv --clear .cache/lowest
	@.cache/lowest/bin/python -m pip --disable-pip-version-check $(WHOLE) $< >&2
	@touch $@

$(VENV)/.uv: Makefile $(VENV)/.made
	@$(PIP) install --quiet '$(UV)'
	@touch $@

$(LOCKED): requirements.lock $(VENV)/.made
	@echo 'make: installing the packages of requirements.lock into $(VENV)' >&2
	@$(INSTALL_LOCK) requirements.lock >&2
	@touch $@

# pip refuses hashes for an editable package, so it comes second and alone; its build tool is in the lock.
$(INSTALLED): pyproject.toml $(LOCKED)
	@echo 'make: installing deployment-dossier itself, editable' >&2
	@$(PIP) install --quiet --no-index --no-deps --no-build-isolation --editable . >&2
	@$(FITS)
	@touch $@

$(TOOLS): requirements-dev.lock $(INSTALLED)
	@echo 'make: installing the tools and tests of requirements-dev.lock into $(VENV)' >&2
	@$(INSTALL_LOCK) requirements-dev.lock >&2
	@$(FITS)
	@touch $@
