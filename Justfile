# SPDX-License-Identifier: Apache-2.0
# Run through ./justw, which installs what a recipe needs. Arguments are passed on: ./justw demo --json

set positional-arguments := true
set shell := ["sh", "-euc"]

root := justfile_directory()
export PATH := root / ".tools/node_modules/.bin" + ":" + root / "node_modules/.bin" + ":" + env("PATH")

[private]
default:
    @just --list --unsorted

# two clusters joined through a broker, every pair of pods and their Services tested: [--kube] [--standalone] [--json] [--keep]
[no-exit-message]
demo *args: build
    @case " $* " in *" --kube "*) bun run tools/build_kube.ts && bun run tools/image/build_image.ts --native >&2 ;; esac
    @bun run libs/lab/demo/main.ts "$@"

# all tests; LANE is one of unit, repo, vm, bpf, netns, kube, control, control-kube
[no-exit-message]
test *LANE:
    @[ "${1:-}" = repo ] || bun run tools/build.ts
    @bun run tests/run.ts "$@"

# the whole gate: format, lint, types, generated files, all tests
[no-exit-message]
ok: check && test

# format, lint, types and generated files; no tests
[no-exit-message]
check: build
    @echo "check: format and lint" >&2; bun run --bun biome check --error-on-warnings .
    @echo "check: format of C" >&2; bun run tools/format_c.ts --check
    @echo "check: types" >&2; bun run --bun tsc --noEmit
    @echo "check: generated files" >&2; bun run tools/gen_layouts.ts --check; bun run tools/gen_crds.ts --check; bun run tools/gen_chart.ts --check

# compile the BPF programs and the native shim into build/; does nothing when they are current
[no-exit-message]
build:
    @bun run tools/build.ts

# real Kubernetes clusters on this machine, nodes with kubelet and containerd: up [--clusters 2] [--nodes 2] [--proxy MODE], status, down
[no-exit-message]
kube *args: build
    @case "${1:-}" in up) bun run tools/build_kube.ts && bun run tools/image/build_image.ts --native ;; esac
    @bun run libs/lab/kube/main.ts "$@"

# the product as an OCI image for amd64 and arm64, without a container engine: [--arch amd64] [--name NAME:TAG]
[no-exit-message]
image *args: build
    @bun run tools/image/build_image.ts "$@"

# measures, and writes what it found: encap, control [--kube], resources; each [--json FILE]; page puts it into the pages
[no-exit-message]
bench NAME *args: build
    @case " $* " in *" --kube "* | *" resources "*) bun run tools/build_kube.ts && bun run tools/image/build_image.ts --native >&2 ;; esac
    @name=$1; shift; bun run "tests/bench/$name.ts" "$@"

# write the generated files anew: layouts from the compiled BPF programs, definitions from the kinds
[no-exit-message]
gen: build
    @bun run tools/gen_layouts.ts
    @bun run tools/gen_crds.ts
    @bun run tools/gen_chart.ts

# format TypeScript, JSON and C in place
[no-exit-message]
fmt:
    @bun run --bun biome check --write .
    @bun run tools/format_c.ts

# remove what build made
clean:
    @rm -rf build
