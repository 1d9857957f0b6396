# The commands of a checkout. `make demo` and `make test` do everything by themselves.
# チェックアウトのコマンドです。`make demo` と `make test` だけで、準備から実行まで終わります。
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup demo test lint bench bench-large golden test-long

PYTHON ?= python3
PORT ?= 8000
RESET ?=
V := .venv
IZUMI_HOME ?= ./var
export IZUMI_HOME

help:
	@echo "make demo       a filled site on http://127.0.0.1:8000 (PORT=, RESET=1) / デモ"
	@echo "make test       every test, one closing line / すべてのテスト"
	@echo "make setup      .venv with everything pinned / 準備だけ"
	@echo "make lint       checks alone / 静的な検査だけ"
	@echo "make bench      figures / 計測   make bench-large  the large ones"
	@echo "make golden     golden files anew / 期待ファイルの作り直し"
	@echo "make test-long  thousands of examples and kills / 長いテスト"

$(V)/.made: .ci/check_python.sh
	@PYTHON="$(PYTHON)" bash .ci/check_python.sh
	@test -x $(V)/bin/python || $(PYTHON) -m venv $(V)
	@touch $@

$(V)/.core: $(V)/.made requirements.lock pyproject.toml
	@echo "Installing the pinned packages / 固定したパッケージを入れています…"
	@$(V)/bin/python -m pip install --disable-pip-version-check -q --require-hashes -r requirements.lock
	@$(V)/bin/python -m pip install --disable-pip-version-check -q --no-deps --no-build-isolation -e . >$(V)/.log 2>&1 || { cat $(V)/.log; exit 1; }
	@touch $@

$(V)/.dev: $(V)/.core requirements-dev.lock
	@echo "Installing the test tools / テストの道具を入れています…"
	@$(V)/bin/python -m pip install --disable-pip-version-check -q --require-hashes -r requirements-dev.lock
	@touch $@

setup: $(V)/.core

demo: $(V)/.core
	@$(V)/bin/izumi demo $(if $(RESET),--reset) --port $(PORT)

test: $(V)/.dev
	@bash .ci/test.sh

lint: $(V)/.dev
	@bash .ci/lint.sh

bench: $(V)/.core
	@$(V)/bin/izumi bench http

bench-large: $(V)/.core
	@$(V)/bin/izumi bench http --scale 10

golden: $(V)/.dev
	@$(V)/bin/python -m izumi.formats.golden; git --no-pager diff --stat -- '*golden*' corpus

test-long: $(V)/.dev
	@IZUMI_LONG=1 $(V)/bin/python -m pytest -q -n 2
