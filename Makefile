# `make run` starts the app, reachable from this machine alone (.streamlit/config.toml);
# `make test` checks everything. Both build the environment first.
PYTHON ?= python3
PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin/python
INSTALLED := $(VENV)/.requirements-installed

.DEFAULT_GOAL := run
.PHONY: run test screenshots

run: $(INSTALLED)
	$(BIN) -m streamlit run app.py --server.port $(PORT)

test: $(INSTALLED)
	$(BIN) -m ruff format --check .
	$(BIN) -m ruff check .
	$(BIN) -m mypy
	$(BIN) -m pytest

screenshots: $(INSTALLED)
	$(BIN) -m docs.screenshots.take

# The stamp is older than requirements.txt when a pin changed, and absent when an install broke off.
$(INSTALLED): requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or later is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@
