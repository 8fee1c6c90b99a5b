# The few commands of this project. `make ask Q="…"` and `make test` set up what they need.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.wenbao-installed

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore
# The question goes through the environment, so that no quote or dollar sign in it reaches make or a shell.
override export Q := $(value Q)

# The development data, for `make bench` and `make reader`; nothing else needs it.
DATA ?= ../shared

# Processes of the suite; each takes about 2 GB of memory.
JOBS ?= 2

# How many times the inputs of the suite `make fuzz` tries, and what they are drawn from.
TIMES ?= 20
SEED ?= $(shell date +%s)

# What `make sweep` tries: ingest and ask (kills), faults.
PART ?= ingest ask faults

.PHONY: help setup ask ingest test fuzz sweep wheel lint fix bench bench-large reader reader-cv judge eval
.DEFAULT_GOAL := help

help:
	@echo 'make ask Q="问题"   answer a question from the reports (sets everything up the first time)'
	@echo 'make ingest         bring the index up to date with the reports directory'
	@echo 'make test           run all tests'
	@echo 'make fuzz           try random files, questions, rows, arguments, settings and keys for minutes (TIMES=20 SEED=…)'
	@echo 'make sweep          kill ingests and readers and try faults, for an hour (PART="ingest ask faults" TIMES=… SEED=… LOG=…)'
	@echo 'make wheel          build dist/*.whl, install it with pip in an empty environment and ask it (2 GB, minutes)'
	@echo 'make lint           check style and types;  make fix: repair style'
	@echo 'make bench          measure speed and quality on the development data (DATA=../shared)'
	@echo 'make eval           measure answers on the development data (DATA=../shared)'
	@echo 'make bench-large    measure an index of 100,000 chunks'
	@echo 'make reader         train the reader again from the development data (DATA=../shared; hours, resumable)'
	@echo 'make reader-cv      measure the reader on authors it did not learn from (DATA=../shared; hours, resumable)'
	@echo 'make judge          fit what an answer is worth on what those readers said (DATA=../shared; after reader-cv)'
	@echo 'make setup          only create the environment in $(VENV)'

setup: $(INSTALLED)

# An environment without the mark is a half-made one: it is made again from the start.
$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo 'wenbao needs Python 3.11 or newer; set PYTHON=…, for example make PYTHON=python3.12' >&2; exit 1; }
	@echo '>> creating the environment in $(VENV): about 2 GB on disk (6 GB where pip finds torch only with CUDA), a few minutes, only once' >&2
	@test -f $@ || $(PYTHON) -m venv --clear --without-pip $(VENV)
	@rm -f $@
	@$(PYTHON) -m pip --python $(BIN)/python install -c constraints.txt -e '.[dev]' >&2
	@touch $@

ask: setup
	@test -n "$$Q" || { echo 'usage: make ask Q="问题"' >&2; exit 2; }
	@$(BIN)/wenbao status >/dev/null 2>&1 || $(BIN)/wenbao ingest >&2
	@$(BIN)/wenbao ask -- "$$Q" || { code=$$?; test $$code -eq 3 || exit $$code; }

ingest: setup
	@$(BIN)/wenbao ingest

# A test file stays in one process: its costly fixtures are made once.
test: setup
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder $(ARGS)

fuzz: setup
	@echo '>> again with: make fuzz TIMES=$(TIMES) SEED=$(SEED)'
	FUZZ=$(TIMES) $(BIN)/python -m pytest tests/fuzz --hypothesis-seed=$(SEED)

# Without TIMES 300 kills of ingest, 100 of what asks, every fault once; LOG=FILE keeps what was tried and goes on there.
# `origin` tells a TIMES that was given from the one of fuzz.
sweep: setup
	@$(BIN)/python tests/benchmarks/sweep.py $(PART) --seed $(SEED) \
	  $(if $(filter-out file default,$(origin TIMES)),--times $(TIMES)) $(if $(LOG),--log $(LOG))

# As somebody gets it who installs the wheel alone: with the newest of what its bounds allow.
wheel: setup
	@rm -rf build dist && mkdir -p dist
	@$(BIN)/python -c "from setuptools import build_meta; build_meta.build_wheel('dist')" >/dev/null
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	  $(PYTHON) -m venv "$$folder/env" && "$$folder/env/bin/python" -m pip install -q dist/*.whl >&2 && \
	  export WENBAO_DATA_DIR="$$folder/data" WENBAO_REPORTS_DIR="$(CURDIR)/seeds" && cd "$$folder" && \
	  env/bin/python -m pip check && env/bin/wenbao --version && env/bin/wenbao ingest && \
	  env/bin/wenbao ask --plain '巴州以多少个乡村科普馆为重点?'

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: setup
	@test -d "$(DATA)/data" || { echo 'no development data in $(DATA): set DATA=FOLDER, as in make bench DATA=../shared' >&2; exit 2; }
	@$(BIN)/python tests/benchmarks/cleaning.py "$(DATA)"
	@$(BIN)/python tests/benchmarks/telegram.py
	@$(BIN)/python tests/benchmarks/recognition.py
	@SCANS=1 $(BIN)/python -m pytest tests/files/test_scans.py
	@$(BIN)/python tests/benchmarks/speed.py "$(DATA)"

# 100,000 chunks take a while to write.
bench-large: setup
	@$(BIN)/python tests/benchmarks/speed.py "$(DATA)" --large

reader: setup
	@test -d "$(DATA)/data" || { echo 'no training data in $(DATA); set DATA=…, for example make reader DATA=../shared' >&2; exit 2; }
	@OMP_WAIT_POLICY=passive $(BIN)/python -m rag.training "$(DATA)" $(ARGS)

# ARGS choose folds and steps: make reader-cv ARGS='--folds a7+a10 --steps 300'; --help lists them.
reader-cv: setup
	@test -d "$(DATA)/data" || { echo 'no training data in $(DATA); set DATA=…, for example make reader-cv DATA=../shared' >&2; exit 2; }
	@OMP_WAIT_POLICY=passive $(BIN)/python -m rag.training.crossvalidate "$(DATA)" $(ARGS)

# After reader-cv. ARGS='--questions 100' fits on fewer questions of each author.
judge: setup
	@test -d "$(DATA)/data" || { echo 'no training data in $(DATA); set DATA=…, for example make judge DATA=../shared' >&2; exit 2; }
	@$(BIN)/python -m rag.training.judges "$(DATA)" $(ARGS)

eval: setup
	@test -d "$(DATA)/data" || { echo 'no development data in $(DATA): set DATA=FOLDER, as in make eval DATA=../shared' >&2; exit 2; }
	@$(BIN)/python tests/benchmarks/answers.py "$(DATA)"

fix: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
