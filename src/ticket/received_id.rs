//! The `TicketId` that a ticket of an answer has.

use super::ids::TicketId;

/// The `TicketId` of a ticket in an answer: a number, none, or a value that is no id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReceivedId(i64);

impl ReceivedId {
    /// The id of a ticket with `null`, 0 or no value.
    pub const ABSENT: Self = Self(0);

    /// The id of a ticket with a value that is no whole number. It is a special number, so that an
    /// id takes eight bytes in an answer of a million tickets.
    pub const UNREADABLE: Self = Self(i64::MIN);

    /// Returns the id that `text` spells.
    pub(crate) fn from_text(text: &str) -> Self {
        let text = text.trim();
        text.parse().ok().or_else(|| whole_number(text)).map_or(Self::UNREADABLE, Self)
    }

    /// Returns the number, if there is one.
    pub(crate) fn number(self) -> Option<i64> {
        (self != Self::ABSENT && self != Self::UNREADABLE).then_some(self.0)
    }
}

impl From<TicketId> for ReceivedId {
    fn from(id: TicketId) -> Self {
        Self(id.get().into())
    }
}

/// Returns the whole number that `text` spells as a decimal number, with a fraction or an
/// exponent or without: `1`, `01`, `1.0`, `10e-1`. `None` if it has a fraction, is out
/// of range or is no number.
fn whole_number(text: &str) -> Option<i64> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let exponent: i64 = exponent.map_or(Some(0), |exponent| exponent.parse().ok())?;
    let digits = [whole, fraction].concat();
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        return Some(0);
    }
    let dropped = i64::try_from(digits.len() - significant.len()).ok()?;
    let fraction = i64::try_from(fraction.len()).ok()?;
    // Digits and power of ten of the value.
    let power = u32::try_from(exponent.checked_add(dropped)?.checked_sub(fraction)?).ok()?;
    let number = significant.parse::<i64>().ok()?.checked_mul(10_i64.checked_pow(power)?)?;
    Some(if text.starts_with('-') { -number } else { number })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn spelling_with_moved_point_is_the_same_number(
            number in -1_000_000_i64..1_000_000, places in 0_usize..9, zeros in 1_usize..4,
        ) {
            let (sign, digits) = (if number < 0 { "-" } else { "" }, number.unsigned_abs());
            let zeros = "0".repeat(zeros);
            let padded = format!("{digits:0>width$}", width = places + 1);
            let (whole, fraction) = padded.split_at(padded.len() - places);
            let moved = format!("{sign}{zeros}{whole}.{fraction}{zeros}e{places}");
            prop_assert_eq!(whole_number(&moved), Some(number));
            let raised = format!("{sign}{digits}{}E-{places}", "0".repeat(places));
            prop_assert_eq!(whole_number(&raised), Some(number));
        }

        #[test]
        fn whole_number_agrees_with_floating_point(
            text in "-?[0-9]{1,4}(\\.[0-9]{1,3})?(e[+-]?[0-3])?",
        ) {
            let float: f64 = text.parse().expect("a number");
            // Adding 0 takes the sign from a zero.
            let whole = (float.fract() == 0.0).then(|| format!("{:.0}", float + 0.0));
            prop_assert_eq!(whole_number(&text).map(|number| number.to_string()), whole);
        }
    }
}
