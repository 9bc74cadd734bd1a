# The habits of the project, a word each. `just` lists them; CONTRIBUTING.md says more.

[private]
default:
    @just --list --unsorted

# Build the program as users get it
build:
    cargo build --release --locked

# Run the program on the sample server: just try get 839 --demo
try *arguments:
    cargo run --quiet -- {{ arguments }}

# Run the tests, or those of a file: just test ids::
test *arguments:
    cargo test {{ arguments }}

# Run every check, as CI does
check:
    bash .ci/run

# Format the code, and let clippy look at it
tidy:
    cargo fmt
    cargo clippy --locked --workspace --all-targets -- -D warnings

# Look at each snapshot that changed, and take it or not (needs cargo-insta)
bless *arguments:
    cargo insta test --review {{ arguments }}

# Write anew what is made from the code: man pages, reference, completions, pictures
regenerate:
    SOTICKETS_REGENERATE=1 cargo test --test program -- manual:: completions:: architecture:: pictures::

# Time the formats in the library, without a network: just bench csv
bench *arguments:
    cargo bench --bench formats -- {{ arguments }}

# Measure beside curl, jq and others, and write docs/performance.md (some minutes)
compare:
    benches/compare.sh

# Hold the instructions of a small and a middle answer against those committed
count:
    benches/instructions.sh

# Take the instructions of today for those to come
renew-count:
    benches/instructions.sh --renew

# Fuzz one of answer, ids, select, dates, addresses (needs cargo-fuzz)
fuzz target seconds="600":
    mkdir -p fuzz/corpus/{{ target }}
    RUSTC_BOOTSTRAP=1 cargo fuzz run {{ target }} fuzz/corpus/{{ target }} tests/seeds/{{ target }} -- -max_total_time={{ seconds }}

# Make the book, to be read at target/book/index.html (needs mdbook)
book:
    mdbook build

# Build the Debian package, install it, try it, and remove it
deb:
    packaging/deb.sh

# Say what keeps a tag from being released: just release v1.2.3; docs/releasing.md has the rest
release tag:
    packaging/release.py check {{ tag }}
