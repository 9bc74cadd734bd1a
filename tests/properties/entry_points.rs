//! Calls the entry points of fuzzing with their seeds, with changed seeds, and with any bytes.

use std::fs;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::support::entry_points;
use crate::support::wine::{proptest_config, sample_under_wine};

/// The seeds of a target.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = format!("{}/tests/seeds/{target}", env!("CARGO_MANIFEST_DIR"));
    let read = |entry: std::io::Result<fs::DirEntry>| fs::read(entry.expect("a seed").path());
    fs::read_dir(folder).expect("seeds").map(|seed| read(seed).expect("a seed")).collect()
}

/// A seed of `target` with some of its bytes replaced, left out or put in.
fn changed(target: &str) -> impl Strategy<Value = Vec<u8>> {
    let telling = select(&b"[]{}\",:\\\0\x1b 0nt\xff\xc3\xef"[..]);
    let byte = prop_oneof![3 => telling, 1 => any::<u8>()];
    let change = (any::<Index>(), any::<Index>(), vec(byte, 0..4));
    (select(seeds(target)), vec(change, 0..6)).prop_map(|(mut bytes, changes)| {
        for (start, length, put) in changes {
            let start = start.index(bytes.len() + 1);
            let end = (start + length.index(6)).min(bytes.len());
            bytes.splice(start..end, put);
        }
        bytes
    })
}

/// A test for each target: `name, seeds, entry`.
macro_rules! entries {
    ($($name:ident, $target:literal, $entry:path;)*) => {
        proptest! {
            #![proptest_config(proptest_config(1000))]
            $(
                #[test]
                fn $name(changed in changed($target), any in vec(any::<u8>(), 0..60)) {
                    $entry(&changed);
                    $entry(&any);
                }
            )*
        }

        #[test]
        fn every_seed_passes() {
            $(
                let found = seeds($target);
                assert!(found.len() >= 5, "{}", $target);
                sample_under_wine(&found).for_each(|seed| $entry(seed));
            )*
        }
    };
}

entries! {
    an_answer, "answer", entry_points::answer;
    ids, "ids", entry_points::ids;
    a_select, "select", entry_points::select;
    a_date, "dates", entry_points::date;
    an_address, "addresses", entry_points::address;
}
