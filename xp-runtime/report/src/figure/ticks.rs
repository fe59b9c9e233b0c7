//! Ticks of axes.

use std::sync::Arc;

use kuva::render::layout::{Layout, TickFormat};

/// Room between the outermost values and the ends of an axis, as a share of its range.
const MARGIN: f64 = 0.05;
/// Fewest ticks of a logarithmic axis.
const FEWEST: usize = 3;

/// Which axis of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Axis {
    Horizontal,
    Vertical,
}

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
    let (low, high) = ends(low, high);
    let (margin, step) = ((high - low) * MARGIN, step(high - low, 8.0));
    layout
        .with_y_axis_min(low - margin)
        .with_y_axis_max(high + margin)
        .with_y_tick_step(step)
        .with_y_tick_format(TickFormat::Fixed(digits(step)))
}

/// The horizontal axis from `low` to `high` with some room, so that no point lies on the other axis.
pub(super) fn horizontal(layout: Layout, low: f64, high: f64, most: f64) -> Layout {
    let (low, high) = ends(low, high);
    let (margin, step) = ((high - low) * MARGIN, step(high - low, most));
    layout
        .with_x_axis_min(low - margin)
        .with_x_axis_max(high + margin)
        .with_x_tick_step(step)
        .with_x_tick_format(TickFormat::Fixed(digits(step)))
}

/// The horizontal axis of whole numbers from `first` to `last` with some room.
pub(super) fn whole(layout: Layout, first: f64, last: f64) -> Layout {
    let margin = ((last - first) * MARGIN).max(0.25);
    layout
        .with_x_axis_min(first - margin)
        .with_x_axis_max(last + margin)
        .with_x_tick_step(whole_step(last))
}

/// Ends of an axis that has a length: one value has neighbours.
fn ends(low: f64, high: f64) -> (f64, f64) {
    if low < high {
        (low, high)
    } else if low.is_finite() && low == high {
        (low - 0.05, high + 0.05)
    } else {
        (0.0, 1.0)
    }
}

/// A logarithmic axis from `low` to `high`, both above 0, with some room. Ticks are round numbers: 1, 2 and 5 times powers of ten, or a
/// round distance apart where fewer than three of these lie in the range.
pub(super) fn logarithmic(
    layout: Layout,
    axis: Axis,
    (low, high): (f64, f64),
    text: fn(f64) -> String,
) -> Layout {
    // Nothing that can be drawn has no axis of its own.
    if !(low > 0.0 && low <= high && high.is_finite()) {
        return layout;
    }
    let (low, high) = if low < high {
        (low, high)
    } else {
        (low / 1.1, low * 1.1)
    };
    let margin = (high / low).powf(MARGIN);
    let (low, high) = (low / margin, high * margin);
    let distance = log_step(low, high);
    let format = TickFormat::Custom(Arc::new(move |value| match distance {
        Some(step) if value < 1000.0 => format!("{value:.*}", digits(step)),
        _ => text(value),
    }));
    match axis {
        Axis::Horizontal => {
            let mut layout = layout
                .with_log_x()
                .with_x_axis_min(low)
                .with_x_axis_max(high)
                .with_x_tick_format(format);
            if let Some(step) = distance {
                layout = layout.with_x_tick_step(step);
            }
            layout
        }
        Axis::Vertical => {
            let mut layout = layout
                .with_log_y()
                .with_y_axis_min(low)
                .with_y_axis_max(high)
                .with_y_tick_format(format);
            if let Some(step) = distance {
                layout = layout.with_y_tick_step(step);
            }
            layout
        }
    }
}

/// Distance of the ticks of a logarithmic axis on which 1, 2 and 5 times powers of ten are too few; absent where they are enough. Over more
/// than three decades `kuva` draws powers of ten alone.
fn log_step(low: f64, high: f64) -> Option<f64> {
    let (first, last) = (low.log10().floor() as i32, high.log10().ceil() as i32);
    let factors: &[f64] = if last - first <= 3 {
        &[1.0, 2.0, 5.0]
    } else {
        &[1.0]
    };
    let inside = (first..=last)
        .flat_map(|decade| factors.iter().map(move |f| f * 10_f64.powi(decade)))
        .filter(|tick| (low..=high).contains(tick));
    (inside.count() < FEWEST).then(|| step(high - low, 7.0))
}

/// Two digits: `1e-4`, `3.2e-4`, `0.25`, `63`, `160`.
pub(super) fn short(value: f64) -> String {
    let scientific = format!("{value:.1e}").replace(".0e", "e");
    match scientific.parse::<f64>() {
        Ok(rounded) if (0.01..1e5).contains(&rounded) => rounded.to_string(),
        _ => scientific,
    }
}

/// A size: `2M`, `50M`, `1.5B`, `20`.
pub(super) fn size(value: f64) -> String {
    let (scaled, unit) = match value {
        v if v >= 999_500_000.0 => (v / 1e9, "B"),
        v if v >= 999_500.0 => (v / 1e6, "M"),
        v if v >= 9_995.0 => (v / 1e3, "k"),
        v => (v, ""),
    };
    let digits = usize::from(scaled < 9.95 && scaled.fract() > 0.05 && scaled.fract() < 0.95);
    format!("{scaled:.digits$}{unit}")
}

/// Distance of ticks on an axis of whole numbers from 0 to `last`.
fn whole_step(last: f64) -> f64 {
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

    #[test]
    fn ticks_of_logarithms_are_round_numbers_and_three_at_least() {
        for (low, high, expected) in [
            (1.8e6, 2.1e9, None),
            (0.02, 1.2, None),
            (1e-4, 1e-2, None),
            (0.594, 0.613, Some(0.005)),
            (0.55, 0.70, Some(0.05)),
            (18.0, 29.0, Some(2.0)),
            (16.0, 550.0, None),
        ] {
            assert_eq!(log_step(low, high), expected, "{low} to {high}");
        }
    }

    #[test]
    fn ticks_of_logarithms_have_two_digits() {
        for (value, expected) in [
            (1e-4, "1e-4"),
            (3.162e-4, "3.2e-4"),
            (9.99e-3, "0.01"),
            (0.2512, "0.25"),
            (63.1, "63"),
            (158.5, "160"),
            (1e6, "1e6"),
        ] {
            assert_eq!(short(value), expected);
        }
    }

    #[test]
    fn sizes_are_short() {
        for (value, expected) in [
            (1e6, "1M"),
            (3.162e6, "3.2M"),
            (3.162e7, "32M"),
            (1e9, "1B"),
            (99.99, "100"),
            (20.0, "20"),
        ] {
            assert_eq!(size(value), expected);
        }
    }
}
