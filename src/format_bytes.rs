//! Sizes in bytes as text for people.

use unit_prefix::NumberPrefix;

/// Returns `bytes` in the largest unit that leaves one or more of it: `172.3 MiB`.
#[must_use]
pub(crate) fn format_bytes(bytes: u64) -> String {
    // To 15 digits, of which two or three are shown.
    #[allow(clippy::cast_precision_loss)]
    match NumberPrefix::binary(bytes as f64) {
        NumberPrefix::Standalone(_) => format!("{bytes} B"),
        NumberPrefix::Prefixed(prefix, count) => format!("{count:.1} {prefix}B"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_powers_of_1024() {
        let cases = [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.0 KiB"),
            (180_650_000, "172.3 MiB"),
            (2 << 30, "2.0 GiB"),
            (u64::MAX, "16.0 EiB"),
        ];
        for (bytes, shown) in cases {
            assert_eq!(format_bytes(bytes), shown);
        }
    }
}
