# The two commands: `make chaos` (the main job) and `make test`. Both do all the set-up on bare Debian as root.
# Options of the main job go into ARGS: make chaos ARGS="--seed 42 --keep-cluster"
.PHONY: chaos test controls prepare-host clean

ARGS ?=
APT_INSTALL = apt-get install -y --no-install-recommends

chaos: prepare-host node_modules/.package-lock.json
	npm run --silent chaos -- $(ARGS)

controls: prepare-host node_modules/.package-lock.json
	npm run --silent chaos -- --suite controls $(ARGS)

test: node_modules/.package-lock.json /usr/bin/chromium
	npm test --silent

# Docker and the tools that images are built with, only where they are missing.
prepare-host:
	harness/kind-node/host/prepare-host.sh

node_modules/.package-lock.json: package-lock.json package.json
	npm ci
	@touch $@

# The reports' browser test opens them in Debian's Chromium.
/usr/bin/chromium:
	@test "$$(id -u)" = 0 || { echo "no $@: run apt-get install chromium as root"; exit 1; }
	apt-get update && $(APT_INSTALL) chromium

clean:
	rm -rf node_modules reports/runs reports/latest reports/index.jsonl
