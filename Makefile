# Every target makes what it needs and skips what is already there.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
EXAMPLE := 小红书多久结算一次货款？
# Written when a step is through, so an interrupted one is done again.
STAMPS := $(VENV)/.done
# 80000 as well takes most of an hour.
SIZES ?= 8,1000,10000,80000
PINNED := pyproject.toml constraints.txt

.PHONY: help setup run test check eval bench clean

help: ## 列出所有目标
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-6s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMPS)/run ## 准备运行环境：.venv、向量模型、索引；都齐了就什么都不做
	@$(PY) -m ingest sync --rebuild-outdated || echo "上面说的文章没有入库，其余的照常使用。" >&2
	@$(PY) -m bot prepare

run: setup ## 准备环境，回答一个例题，然后打开网页服务（http://127.0.0.1:7860）
	@echo "问：$(EXAMPLE)"
	@$(PY) -m bot ask "$(EXAMPLE)"
	@$(PY) app.py

test: setup $(STAMPS)/dev ## 准备环境（包括浏览器），跑全部测试
	@scripts/browser.sh
	@scripts/databases.sh
	@$(PY) -m pytest

check: $(STAMPS)/dev ## 静态检查：格式、lint、类型、导入方向（测试在 make test）
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports --no-logo

eval: setup $(STAMPS)/dev ## 跑全部评测用例，报告在 out/eval.html 和 out/eval.json
	@mkdir -p out
	$(PY) -m evals run --split all --html out/eval.html --json out/eval.json

bench: setup $(STAMPS)/dev ## 量速度和规模，结果在 out/bench.json 和 out/bench.svg；约 16 分钟；SIZES=8,1000 换规模，SQUAD=文件 另跑检索基准
	@mkdir -p out
	$(PY) -m evals bench --sizes $(SIZES) --json out/bench.json --plot out/bench.svg
ifdef SQUAD
	$(PY) -m evals external --squad "$(SQUAD)" --json out/external.json
endif

clean: ## 删除缓存和 out/；.venv 和 data/ 保留
	rm -rf out .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis *.egg-info
	find . -path ./$(VENV) -prune -o -name __pycache__ -type d -print0 | xargs -0 rm -rf

$(STAMPS)/venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "需要 Python 3.11 或更新的版本，现在的 $(PYTHON) 不是；可以用 make PYTHON=python3.11 …" >&2; exit 1; }
	@echo "建立 $(VENV)…"
	@$(PYTHON) -m venv $(VENV) \
		|| { echo "建不了 $(VENV)。Debian 和 Ubuntu 上请先安装 python3-venv。" >&2; exit 1; }
	@mkdir -p $(STAMPS)
	@touch $@

# The constraints pin every package: without them pip searches for many minutes.
$(STAMPS)/run: $(PINNED) | $(STAMPS)/venv
	@echo "安装运行所需的包（第一次要几分钟）…"
	@$(PY) -m pip install --quiet --constraint constraints.txt --editable '.[import]'
	@touch $@

$(STAMPS)/dev: $(PINNED) | $(STAMPS)/venv
	@echo "安装开发和测试所需的包…"
	@$(PY) -m pip install --quiet --constraint constraints.txt --editable '.[all,dev]'
	@touch $(STAMPS)/run $@
