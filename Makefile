# The two commands: `make chaos` (the main job) and `make test`. Both do all the set-up on bare Debian as root.
# Options of the main job go into ARGS: make chaos ARGS="--seed 42 --keep-cluster"
.PHONY: chaos test check unit smoke nightly release gather sign-off controls prepare-host clean

ARGS ?=
# HOST= leaves the host as it is: one that has Docker and needs no root.
HOST ?= prepare-host
export CHROMIUM ?= /usr/bin/chromium
APT_INSTALL = apt-get install -y --no-install-recommends

chaos: $(HOST) node_modules/.package-lock.json
	npm run --silent chaos -- $(ARGS)

smoke: chaos

# SEED=N fixes the plans of a night.
nightly: $(HOST) node_modules/.package-lock.json
	npm run --silent chaos -- --suite nightly $(if $(SEED),--seed $(SEED)) $(ARGS)

# How many good runs, each with its own seed, a release needs of each scenario. One round takes more than four hours.
SEEDS ?= 3

# The release suite and, on its newest good run with a dead gateway, the proof of the judge.
release: $(HOST) node_modules/.package-lock.json
	npm run --silent chaos -- --suite release --repeat $(SEEDS) $(if $(SEED),--seed $(SEED)) $(ARGS)
	npx chaos mutate "$$(ls -d reports/runs/gateway-kill/* | tail -n 1)"

# Makes the reports directories below parts, as several machines made them, one with ours.
gather:
	mkdir -p reports/runs
	set -e; for part in parts/*/; do \
	  cp -R "$${part}runs/." reports/runs/; \
	  cat "$${part}index.jsonl" >> reports/index.jsonl; \
	done

# VERSION=1.4.0, WAIVERS=FILE: decides from the runs in reports; fails when the version is not approved. The shell
# expands them, not make: a tag may be called anything.
sign-off: export VERSION ?=
sign-off: node_modules/.package-lock.json
	npx chaos report --sign-off "$$VERSION" --repetitions $(SEEDS) $(if $(WAIVERS),--waivers "$$WAIVERS") $(ARGS)

controls: $(HOST) node_modules/.package-lock.json
	npm run --silent chaos -- --suite controls $(ARGS)

# Both at once: most of the checks use one core only.
test: node_modules/.package-lock.json $(CHROMIUM)
	$(MAKE) --no-print-directory --jobs 2 --output-sync=target check unit

check unit: node_modules/.package-lock.json
	npm run --silent $@

# Docker and the tools that images are built with, only where they are missing.
prepare-host:
	harness/kind-node/host/prepare-host.sh

node_modules/.package-lock.json: package-lock.json package.json
	npm ci
	@touch $@

# The reports' browser test opens them in Debian's Chromium; CHROMIUM=FILE names another one.
/usr/bin/chromium:
	@test "$$(id -u)" = 0 || { echo "no $@: run apt-get install chromium as root"; exit 1; }
	apt-get update && $(APT_INSTALL) chromium

clean:
	rm -rf node_modules reports/runs reports/latest reports/index.jsonl reports/suite.html reports/suite.md reports/suite.json
