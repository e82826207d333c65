# simtrain: the commands a newcomer needs. `make help` lists them.

PREFIX ?= /usr/local
ARGS ?=
SUITE ?=
SOURCES := Sources Tests Benchmarks Package.swift

# What the build links to, and pkg-config by which SwiftPM finds it.
PACKAGES := libhdf5-dev libopenblas-dev pkg-config zlib1g-dev

.DEFAULT_GOAL := help
# Two package installations at once would fight for apt's lock.
.NOTPARALLEL:
.PHONY: help train build test check-programs bench data install format lint clean packages test-python

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

train: build data ## Train MNIST on the simulated TPU; options in ARGS="--epochs 1"
	.build/release/simtrain --device tpu-sim $(ARGS)

build: packages ## Build the release binary, .build/release/simtrain
	swift build -c release --product simtrain

test: packages data ## Run all tests (debug build)
	swift test

test-python: packages data ## Run the tests that need JAX and a PJRT plugin; SUITE=whole for all of them
	@scripts/test-python.sh $(SUITE)

check-programs: packages ## Check every model on every chip, and products against estimates
	swift run -c release check-programs Configs

bench: build data ## Measure speed, memory, accuracy; options in ARGS="--output FILE"
	@scripts/bench.sh $(ARGS)

data: ## Fetch MNIST into the data cache
	@scripts/fetch-mnist

install: build ## Install simtrain and its configs under PREFIX (default /usr/local)
	install -D -m 755 .build/release/simtrain "$(DESTDIR)$(PREFIX)/bin/simtrain"
	@scripts/install-configs.sh Configs "$(DESTDIR)$(PREFIX)/share/simtrain/Configs"

format: ## Format all Swift code
	swift format --in-place --recursive $(SOURCES)

lint: ## Check formatting and style of all Swift code
	swift format lint --strict --recursive $(SOURCES)

clean: ## Remove build products (not the data cache)
	rm -rf .build

packages:
	@scripts/install-packages.sh $(PACKAGES)
