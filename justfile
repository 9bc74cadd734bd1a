# Commands for developers. `just` lists them; CONTRIBUTING.md explains them.

[private]
default:
    @just --list --unsorted

# Build the program as users get it
build:
    cargo build --release --locked

# Run the program on the sample server: just try get 839 --demo
try *arguments:
    cargo run --quiet -- {{ arguments }}

# Run the tests, or those of a module: just test ids::
test *arguments:
    cargo test {{ arguments }}

# Run every check, as CI does
check:
    bash .ci/run

# Format the code and run clippy
tidy:
    cargo fmt
    cargo clippy --locked --workspace --all-targets -- -D warnings

# Review and accept changed snapshots (needs cargo-insta)
bless *arguments:
    cargo insta test --review {{ arguments }}

# Write generated files: man pages, reference, completions, pictures, and what pages show of commands
regenerate:
    SOTICKETS_REGENERATE=1 cargo test --test program -- manual:: completions:: architecture:: pictures:: configuration:: book::

# Time the formats in the library, without a network: just bench csv
bench *arguments:
    cargo bench --bench formats -- {{ arguments }}

# Compare with curl, jq and others, and write docs/performance.md (some minutes)
compare:
    benches/compare.sh

# Compare instruction counts with the committed ones
count:
    benches/instructions.sh

# Replace the committed instruction counts
renew-count:
    benches/instructions.sh --renew

# Fuzz one of answer, ids, select, dates, addresses (needs cargo-fuzz)
fuzz target seconds="600":
    mkdir -p fuzz/corpus/{{ target }}
    RUSTC_BOOTSTRAP=1 cargo fuzz run {{ target }} fuzz/corpus/{{ target }} tests/seeds/{{ target }} -- -max_total_time={{ seconds }}

# Build the book: target/book/index.html (needs mdbook)
book:
    mdbook build

# Build the Debian package, install it, try it, and remove it
deb:
    packaging/deb.sh

# Build for Windows and static Linux on Debian, and test: just cross windows cargo check
cross *arguments:
    packaging/cross.sh {{ arguments }}

# Check whether a tag can be released: just release v1.2.3; see docs/releasing.md
release tag:
    packaging/release.py check {{ tag }}
