//! Random draws that are the same every time: they depend on the id of a ticket and a purpose.

/// Returns a number below `sides`.
pub(super) fn draw(id: i32, purpose: &str, sides: u16) -> u16 {
    // FNV-1a, and a finish that spreads ids which are next to each other.
    let mut hash = 0x811c_9dc5_u32;
    for byte in id.to_le_bytes().iter().chain(purpose.as_bytes()) {
        hash = (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
    }
    hash = (hash ^ (hash >> 16)).wrapping_mul(0x85eb_ca6b);
    hash ^= hash >> 13;
    u16::try_from(hash % u32::from(sides.max(1))).unwrap_or_default()
}

/// Returns one of `all`.
pub(super) fn pick<'a, T>(all: &'a [T], id: i32, purpose: &str) -> &'a T {
    let sides = u16::try_from(all.len()).unwrap_or(u16::MAX);
    &all[usize::from(draw(id, purpose, sides))]
}

/// Returns one of `all`, each for exactly `per_mille` of the ids from 1 to 1000.
pub(super) fn share<'a, T>(
    all: &'a [T],
    per_mille: impl Fn(&T) -> u16,
    id: i32,
    purpose: &str,
) -> &'a T {
    let mut at = shuffle(id, purpose);
    for value in all {
        let share = per_mille(value);
        if at < share {
            return value;
        }
        at -= share;
    }
    &all[all.len() - 1]
}

/// Maps the ids from 1 to 1000 to the numbers below 1000, each to another one: every round moves
/// one half of the number by what the other half draws, and could be taken back.
fn shuffle(id: i32, purpose: &str) -> u16 {
    let at = u16::try_from(id.rem_euclid(1000)).unwrap_or_default();
    let (mut high, mut low) = (at / 40, at % 40);
    for _ in 0..3 {
        high = (high + draw(low.into(), purpose, 25)) % 25;
        low = (low + draw(high.into(), purpose, 40)) % 40;
    }
    high * 40 + low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn share_is_met_exactly() {
        let all = [("rare", 2), ("some", 148), ("most", 850)];
        for purpose in ["read", "status", "origin"] {
            for value in &all {
                let drawn = (1..=1000).filter(|&id| share(&all, |it| it.1, id, purpose) == value);
                assert_eq!(drawn.count(), usize::from(value.1), "{purpose}: {}", value.0);
            }
        }
    }

    #[test]
    fn draw_reaches_every_side() {
        let mut count = [0; 7];
        for id in 1..=1000 {
            count[usize::from(draw(id, "test", 7))] += 1;
        }
        assert!(count.iter().all(|count| (90..200).contains(count)), "{count:?}");
        assert_eq!(draw(5, "test", 0), 0);
    }
}
