//! Ticks of axes.

use kuva::render::layout::{Layout, TickFormat};

/// Distance of ticks: 1, 2 or 5 times a power of ten, at most `most` over the range.
pub(super) fn step(range: f64, most: f64) -> f64 {
    (-9..13)
        .flat_map(|decade| [1.0, 2.0, 5.0].map(|factor| factor * 10_f64.powi(decade)))
        .find(|step| range / step <= most)
        .unwrap_or(1.0)
}

/// Digits that distinguish values this far apart.
pub(super) fn digits(distance: f64) -> usize {
    // A distance of 0.05 needs two digits, one of 0.2 needs one.
    (-distance.log10() - 1e-9).ceil().clamp(0.0, 9.0) as usize
}

/// The vertical axis from `low` to `high` with some room, and ticks that all have the same digits.
pub(super) fn vertical(layout: Layout, low: f64, high: f64) -> Layout {
    let (low, high) = if low < high {
        (low, high)
    } else {
        (low - 0.05, high + 0.05)
    };
    let (margin, step) = ((high - low) * 0.06, step(high - low, 8.0));
    layout
        .with_y_axis_min(low - margin)
        .with_y_axis_max(high + margin)
        .with_y_tick_step(step)
        .with_y_tick_format(TickFormat::Fixed(digits(step)))
}

/// Distance of ticks on an axis of whole numbers from 0 to `last`.
pub(super) fn whole_step(last: f64) -> f64 {
    step(last, 10.0).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_have_the_digits_of_their_distance() {
        for (distance, expected) in [
            (0.005, 3),
            (0.05, 2),
            (0.1, 1),
            (0.2, 1),
            (1.0, 0),
            (50.0, 0),
        ] {
            assert_eq!(digits(distance), expected, "{distance}");
        }
    }

    #[test]
    fn epochs_have_whole_ticks() {
        for (last, step) in [
            (1.0, 1.0),
            (10.0, 1.0),
            (11.0, 2.0),
            (75.0, 10.0),
            (110.0, 20.0),
        ] {
            assert_eq!(whole_step(last), step, "{last}");
        }
    }
}
