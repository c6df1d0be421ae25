# SPDX-License-Identifier: GPL-3.0-or-later
#
# A thin shell over meson: every target installs what is missing for it, and does its job. `make help` lists them.

BUILD = build
# How long make soak takes
SOAK_MINUTES ?= 30
# For each fuzzer
FUZZ_SECONDS ?= 5
export FUZZ_SECONDS
SUITES ?= wire chat link mesh sync chord
# What check-deep runs with sanitizers, and what valgrind runs (nothing with processes of its own): a new suite is a word here.
ASAN_SUITES = wire chat link mesh sync chord sim store model app interop hostile ui
VALGRIND_SUITES = wire chat link mesh sync chord store model
PYTHON = /usr/bin/python3

# Where the tests find the real js2p, and in its build/lib py2p.
JS2P_DIR ?= $(CURDIR)/build/peers/node_modules/js2p
export JS2P_DIR

# A warning stops the build where we know that the compiler has none; elsewhere a newer compiler may find some.
WERROR ?= $(shell . /etc/os-release 2>/dev/null; test "$$ID$$VERSION_ID" = debian12 && echo true || echo false)

MESON_TEST = meson test --print-errorlogs
# More than there are processors: most of the long ones wait for something. What measures a frame runs alone.
TEST_JOBS ?= $(shell expr $$(nproc) + 2)

# Where make flatpak has its runtime from: auto, flathub, or a stand-in made of Debian's bookworm or trixie
FLATPAK_RUNTIME ?= auto

.PHONY: help run build programs test fuzz demo screenshots flatpak bench check-fresh check-deep check-asan check-clang check-valgrind check-coverage check-sim check-sync check-chord check-hostile \
        check-interop check-healer check-model reference check-seven check-store check-chat check-dist soak clean \
        packages packages-test peers

help:
	@echo 'make run         build Roundtable and open it (with no display: make demo)'
	@echo 'make test        build, and run all tests but the long ones'
	@echo 'make fuzz        the fuzzers, FUZZ_SECONDS=5 of each; what they cover; a planted bug that they have to find'
	@echo 'make demo        a chat, a shared table and a ring in a virtual display: pictures and a transcript in build/demo/'
	@echo 'make screenshots  the pictures of docs/screenshots, made anew by the program'
	@echo 'make flatpak     build and install the Flatpak in build/flatpak/, and run it in its sandbox: FLATPAK_RUNTIME=bookworm or trixie without Flathub'
	@echo 'make build       build only, in build/'
	@echo 'make reference  the reference of the library, in build/docs/reference/p2p-glib-1/'
	@echo 'make bench       measure against js2p and against the bare loopback'
	@echo 'make check-fresh clone the tree to a temporary folder and run the commands of README.md there'
	@echo 'make check-deep  sanitizers, the other compiler, valgrind, coverage, all bars in full size: hours'
	@echo 'make soak        nodes that chat for SOAK_MINUTES=30, watched for leaks'
	@echo 'make clean       remove everything that was built'

run: programs
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
	  GSETTINGS_SCHEMA_DIR=$(abspath $(BUILD))/data ROUNDTABLE_PORTS=$(abspath $(BUILD))/src/ports/roundtable-ports $(BUILD)/src/app/roundtable; \
	else \
	  echo 'There is no display here: a chat in a virtual one instead.'; \
	  $(MAKE) --no-print-directory demo; \
	fi

build: packages $(BUILD)/build.ninja
	@ninja -C $(BUILD)

programs: packages $(BUILD)/build.ninja
	@ninja -C $(BUILD) programs

$(BUILD)/build.ninja:
	@meson setup $(BUILD) -Dwerror=$(WERROR)

packages:
	@build-aux/install-packages build

packages-test: packages
	@build-aux/install-packages test node

peers: packages-test
	@build-aux/fetch-peers $(CURDIR)/build/peers

test: packages-test peers build
	@rm -f $(BUILD)/meson-logs/testlog.json
	@status=0; $(MESON_TEST) -C $(BUILD) --no-rebuild --num-processes $(TEST_JOBS) --timeout-multiplier 3 || status=$$?; \
	  build-aux/test-summary $(BUILD)/meson-logs/testlog.json && exit $$status

fuzz: packages
	@build-aux/install-packages deep
	@test -f build-fuzz/build.ninja || CC=clang-14 CXX=clang++-14 meson setup build-fuzz -Dfuzz=true -Dapp=false -Dintrospection=false \
	  -Db_sanitize=address,undefined -Db_lundef=false -Dwerror=$(WERROR)
	@ninja -C build-fuzz fuzzers
	@rm -f build-fuzz/meson-logs/testlog.json
	@status=0; $(MESON_TEST) -C build-fuzz --no-rebuild --suite fuzzers || status=$$?; \
	  build-aux/test-summary --title 'Fuzzing' build-fuzz/meson-logs/testlog.json && exit $$status

demo: packages-test peers programs
	@$(PYTHON) tests/ui/demo.py --build $(BUILD) --out $(BUILD)/demo

# For README.md and the metainfo. Look at them before they are committed.
screenshots: packages-test programs
	@ninja -C $(BUILD) tests/support/seed-history
	@$(PYTHON) tests/ui/screenshots.py --build $(BUILD) --out docs/screenshots

flatpak: packages-test peers programs
	@build-aux/install-packages flatpak
	@ninja -C $(BUILD) tests/support/seed-history
	@$(PYTHON) flatpak/build.py --runtime $(FLATPAK_RUNTIME) --out $(BUILD)/flatpak $(FLATPAK_ARGS)

reference: packages-test $(BUILD)/build.ninja
	@ninja -C $(BUILD) reference

bench: packages-test peers build
	@ninja -C $(BUILD) bench-programs
	@$(PYTHON) tests/bench/bench.py $(BUILD) $(BENCH_ARGS)

check-fresh:
	@build-aux/check-fresh

check-deep: packages-test peers
	@build-aux/install-packages deep
	@$(MAKE) --no-print-directory check-asan DIR=build-asan OPTIONS= SUITES='$(ASAN_SUITES)'
	@$(MAKE) --no-print-directory check-clang
	@$(MAKE) --no-print-directory check-valgrind
	@$(MAKE) --no-print-directory check-coverage
	@$(MAKE) --no-print-directory check-sim
	@$(MAKE) --no-print-directory check-sync
	@$(MAKE) --no-print-directory check-chord
	@$(MAKE) --no-print-directory check-hostile
	@$(MAKE) --no-print-directory check-interop
	@$(MAKE) --no-print-directory check-healer
	@$(MAKE) --no-print-directory check-seven
	@$(MAKE) --no-print-directory check-model
	@$(MAKE) --no-print-directory check-store
	@$(MAKE) --no-print-directory check-chat
	@$(MAKE) --no-print-directory reference
	@$(MAKE) --no-print-directory check-dist

# The bars in full size: of the simulator (and where check-clang was before, the same seeds in its build), of nodes under attack, of the
# healer; and a thousand conversations with the model of py2p.
check-sim: build
	@SIM_DEEP=1 $(MESON_TEST) -C $(BUILD) --no-rebuild --timeout-multiplier 10 --suite sim --verbose
	@test ! -x build-clang/tests/sim/test-sim-replay || tests/sim/compare-builds $(BUILD) build-clang

# 200,000 random histories of a shared table, and every order of five writes.
check-sync: build
	@SYNC_DEEP=1 $(MESON_TEST) -C $(BUILD) --no-rebuild --timeout-multiplier 10 --verbose sync-histories sync-exhaustive

check-hostile: packages-test peers build
	@HOSTILE_DEEP=1 ROUNDTABLE_KEYS=1 $(MESON_TEST) -C $(BUILD) --no-rebuild --num-processes 1 --timeout-multiplier 4 --suite hostile --verbose
	@HOSTILE_DEEP=1 $(MESON_TEST) -C $(BUILD) --no-rebuild --timeout-multiplier 10 mesh-eclipse --verbose

# All states of a ring of up to five nodes, a million events in one of a thousand, lookups in every ring of 16 slots.
check-chord: build
	@SIM_DEEP=1 $(MESON_TEST) -C $(BUILD) --no-rebuild --timeout-multiplier 10 --verbose chord-ring-exhaustive chord-ring-random chord-ring-lookups chord-ring-skew

# In make test ours have keys, as the nodes of people do; here they have none.
check-interop: programs packages-test peers
	@ROUNDTABLE_PASSING=1 $(MESON_TEST) -C $(BUILD) --timeout-multiplier 4 --suite interop

# One of ours among five of an original of which one is killed, again and again.
check-healer: programs packages-test peers
	@HEALER_TRIALS=20 $(MESON_TEST) -C $(BUILD) --no-rebuild --timeout-multiplier 5 --verbose healer

# A distributed table with the originals, everything with every pair. Seven processes of ours and of the originals, of which two are
# killed, again and again.
check-seven: programs packages-test peers
	@CHORD_DEEP=1 $(MESON_TEST) -C $(BUILD) --no-rebuild --timeout-multiplier 4 --verbose roundtable:chord
	@SEVEN_TRIALS=20 $(MESON_TEST) -C $(BUILD) --no-rebuild --timeout-multiplier 8 --verbose seven

# A chat of a million messages, and what a store survives: killed at 200 points, a disk that fails at 500, 2,200 damaged files.
check-store: build
	@STORE_DEEP=1 $(MESON_TEST) -C $(BUILD) --no-rebuild --timeout-multiplier 20 --verbose store-long store-survives store-damage

# The window over a million messages, fifty thousand that come in ten seconds, whatever the person does, all that makes what one reads leap, at length, and hands in the window.
check-chat: programs packages-test build
	@CHAT_DEEP=1 FLOOD_DEEP=1 UI_DEEP=1 $(MESON_TEST) -C $(BUILD) --no-rebuild --timeout-multiplier 10 --verbose history history-ways flood-plays timeline-cases window-cases ui-hands ui-files

# The tarball of a release is made, unpacked, built, installed in a prefix and taken away again.
check-dist: packages-test build
	@DIST_DEEP=1 $(MESON_TEST) -C $(BUILD) --no-rebuild --timeout-multiplier 30 --verbose install

check-model: packages-test peers build
	@MODEL_DEEP=1 $(MESON_TEST) -C $(BUILD) --no-rebuild --timeout-multiplier 4 --verbose model model-beside invitation

# DIR, OPTIONS, SUITES and SKIP: which build of which tests; only what these need is built.
DIR ?= build-asan-library
OPTIONS ?= -Dapp=false
# With sanitizers -O2 takes three times as long to build, and gains less when it runs. What gcc warns of at -O2 it says in the other build.
QUICKLY_BUILT = -Doptimization=g -Dc_args=-g1 -Dcpp_args=-g1
check-asan: packages
	@test -f $(DIR)/build.ninja || meson setup $(DIR) -Db_sanitize=address,undefined -Db_lundef=false $(QUICKLY_BUILT) \
	  -Dintrospection=false $(OPTIONS)
	@rm -f $(DIR)/meson-logs/testlog-asan.json
	@status=0; $(MESON_TEST) -C $(DIR) --num-processes $(TEST_JOBS) --setup asan $(SUITES:%=--suite %) $(SKIP:%=--no-suite %) || status=$$?; \
	  build-aux/test-summary --title 'AddressSanitizer and UndefinedBehaviorSanitizer' $(DIR)/meson-logs/testlog-asan.json && exit $$status

check-clang: packages
	@build-aux/install-packages deep
	@test -f build-clang/build.ninja || CC=clang-14 CXX=clang++-14 meson setup build-clang -Dwerror=true
	@ninja -C build-clang

check-valgrind: build
	@build-aux/install-packages deep
	@rm -f $(BUILD)/meson-logs/testlog-valgrind.json
	@meson setup --reconfigure $(BUILD) >/dev/null
	@status=0; $(MESON_TEST) -C $(BUILD) --no-rebuild --setup valgrind $(VALGRIND_SUITES:%=--suite %) || status=$$?; \
	  build-aux/test-summary --title valgrind $(BUILD)/meson-logs/testlog-valgrind.json && exit $$status

check-coverage: packages-test peers
	@build-aux/install-packages deep
	@test -f build-coverage/build.ninja || meson setup build-coverage -Db_coverage=true -Dintrospection=false
	@ninja -C build-coverage
	@status=0; $(MESON_TEST) -C build-coverage --no-rebuild || status=$$?; \
	  build-aux/test-summary --title 'The coverage build' build-coverage/meson-logs/testlog.json && exit $$status
	@gcovr --root . --filter src/ --exclude-unreachable-branches --print-summary build-coverage | tee build-coverage/coverage.txt

soak: packages-test peers programs
	@$(PYTHON) tests/soak/soak.py --build $(BUILD) --minutes $(SOAK_MINUTES)

clean:
	rm -rf build build-fuzz build-asan build-asan-library build-clang build-coverage
