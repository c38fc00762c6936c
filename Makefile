# 国民健康保険料 滞納管理コンソール。`make` で、できることの一覧が出る。
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo intake outbound demo-intake demo-outbound test check bench lint clean

PYTHON ?= python3.11
PERSONS ?= 20000
DAYS ?= 2
PORT ?= 8501
DATES ?=
WORKERS ?= 3
RUN := .venv/bin/python
DEMO := CONSOLE_HOME="$(CURDIR)/var/demo" CONSOLE_TODAY=2026-10-30 CONSOLE_SECOND_FACTOR=none
# Names what pip is doing, one line a package, and leaves the rest out; errors come through.
PROGRESS := sed -un -e 's/^Collecting \([^ ;]*\).*/  \1/p' -e 's/^Installing collected.*/  展開しています…/p'

help: ## この一覧を出す
	@echo "国民健康保険料 滞納管理コンソール"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile
	@echo "変えられるもの: PERSONS=$(PERSONS)（デモの市の人口） DAYS=$(DAYS)（取り込む業務日の数。22 で1か月） PORT=$(PORT) PYTHON=$(PYTHON)"

demo: .venv/run.stamp ## 架空の市を作り、コンソールを http://localhost:8501 で動かす（PERSONS=… DAYS=… PORT=…）
	@$(DEMO) $(RUN) -m sample_city.demo --persons $(PERSONS) --days $(DAYS)
	@echo "http://localhost:$(PORT) を開いてください（止めるときは Ctrl+C）。"
	@exec env $(DEMO) $(RUN) -m streamlit run app.py --server.port $(PORT)

intake: .venv/run.stamp ## 届いた連携を古い日から取り込む（日を選ぶなら DATES="2026-10-30 …"、置き場は CONSOLE_HOME）
	@$(RUN) -m data_access.intake $(DATES) || { code=$$?; echo "終了コード $$code（make は 2 と伝えます。予定実行には .venv/bin/python -m data_access.intake を）" >&2; exit $$code; }

outbound: .venv/run.stamp ## 他のシステムへ返す連携ファイルを書き出す（公開中の日。選ぶなら DATES=…、置き場は CONSOLE_HOME）
	@$(RUN) -m data_access.outbound $(DATES)

demo-intake: .venv/run.stamp ## デモの市の inbox に置いた連携を取り込む
	@$(DEMO) $(RUN) -m data_access.intake $(DATES)

demo-outbound: .venv/run.stamp ## デモの市から、返す連携ファイルを書き出す
	@$(DEMO) $(RUN) -m data_access.outbound $(DATES)

test: .venv/test.stamp lint ## すべての試験（実サーバーと実ブラウザを含む。chromium がなければブラウザの分を除く）
	@if [ -x /usr/bin/chromium ] || [ "$${CONSOLE_REQUIRE_BROWSER:-}" = 1 ]; then $(RUN) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder; else \
	  echo "/usr/bin/chromium がないため、ブラウザの試験を除きます（sudo apt install chromium fonts-noto-cjk で入ります）。"; \
	  $(RUN) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not browser"; fi

check: .venv/test.stamp lint ## 速い試験だけ（1分以内）
	@$(RUN) -m pytest -q -n 2 -m "not slow and not browser"

bench: .venv/test.stamp ## 速さを同じ場で比べて測る（数分。一つだけなら .venv/bin/python -m bench.rerun --persons 20000、10倍の市なら bench.dashboards --times 10）
	@$(RUN) -m bench

lint: .venv/test.stamp ## 書き方の検査（ruff）
	@$(RUN) -m ruff check .

clean: ## デモの市（var/demo）と .venv を消す
	rm -rf var/demo .venv

.venv/run.stamp: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null || { \
	  echo "Python 3.11 が見つかりません（$(PYTHON)）。「sudo apt install python3.11 python3.11-venv」などで入れるか、" \
	    "make demo PYTHON=（python3.11 の場所）と指定してください。" >&2; exit 1; }
	@$(RUN) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv >/dev/null || { \
	  echo "Python の仮想環境を作れません。「sudo apt install python3.11-venv」で入れてから、もう一度実行してください。" >&2; exit 1; }
	@echo "必要なパッケージを .venv に入れます（初回だけ、数分かかることがあります）。"
	@$(RUN) -m pip install --disable-pip-version-check -r requirements.txt | $(PROGRESS)
	@touch $@

.venv/test.stamp: .venv/run.stamp requirements-dev.txt
	@echo "試験に要るパッケージを .venv に入れます。"
	@$(RUN) -m pip install --disable-pip-version-check -r requirements-dev.txt | $(PROGRESS)
	@touch $@
