//! The contrast of colors, by the definition of WCAG.

/// A color as red, green and blue.
pub type Rgb = [u8; 3];

/// Returns the contrast of two colors, from 1 to 21.
pub fn contrast(one: Rgb, other: Rgb) -> f64 {
    let linear = |part: u8| match f64::from(part) / 255.0 {
        part if part <= 0.040_45 => part / 12.92,
        part => ((part + 0.055) / 1.055).powf(2.4),
    };
    let luminance = |[red, green, blue]: Rgb| {
        0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    };
    let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
    one.max(other) / one.min(other)
}
