//! The vertical axis of a search's values. Trials far above the rest would press all others into a line: they, and trials without a value,
//! are marked in a band over the axis that has no scale.

use std::sync::Arc;

use kuva::{
    plot::annotations::ShadedRegion,
    render::layout::{Layout, TickFormat},
};

use super::{
    style::GREY,
    ticks::{digits, step},
};

/// Where values and marks are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Range {
    floor: f64,
    top: f64,
}

impl Range {
    /// From the lowest value to the highest that is not far above nine tenths of them.
    pub(super) fn of(values: &[f64]) -> Self {
        let mut sorted: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
        sorted.sort_by(f64::total_cmp);
        let floor = sorted.first().copied().unwrap_or(0.0);
        let most = sorted.get(sorted.len() * 9 / 10).copied().unwrap_or(1.0);
        let limit = floor + ((most - floor) * 1.6).max(0.01);
        let inside = sorted.iter().copied().filter(|value| *value <= limit);
        let top = inside.fold(floor, f64::max);
        Self {
            floor,
            // A single value has an axis too.
            top: if top > floor { top } else { limit },
        }
    }

    /// Whether a value is off the scale.
    pub(super) fn is_above(&self, value: f64) -> bool {
        value > self.top
    }

    /// Where a value off the scale is marked.
    pub(super) fn above(&self) -> f64 {
        self.top + 0.14 * self.length()
    }

    /// Where a trial without a value is marked.
    pub(super) fn without(&self) -> f64 {
        self.top + 0.22 * self.length()
    }

    /// The axis, with the shaded band of marks where there are `marks`.
    pub(super) fn axis(&self, layout: Layout, marks: bool) -> Layout {
        let edge = self.top + 0.07 * self.length();
        let step = step(self.length(), 8.0);
        let decimals = digits(step);
        let layout = layout
            .with_y_axis_min(self.floor - 0.06 * self.length())
            .with_y_tick_step(step)
            .with_y_tick_format(TickFormat::Custom(Arc::new(move |value| {
                if value < edge {
                    format!("{value:.decimals$}")
                } else {
                    String::new()
                }
            })));
        if !marks {
            return layout.with_y_axis_max(edge);
        }
        let end = self.top + 0.29 * self.length();
        layout.with_y_axis_max(end).with_shaded_region(
            ShadedRegion::horizontal(edge, end)
                .with_color(GREY)
                .with_opacity(0.2),
        )
    }

    fn length(&self) -> f64 {
        self.top - self.floor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_far_above_the_rest_is_off_the_scale_and_marked_over_it() {
        let mut values: Vec<f64> = (0..20).map(|i| 0.6 + 0.001 * f64::from(i)).collect();
        let scale = Range::of(&values);
        assert_eq!((scale.floor, scale.top), (0.6, 0.619));
        assert!(values.iter().all(|value| !scale.is_above(*value)));
        values.extend([9.0, f64::NAN]);
        let scale = Range::of(&values);
        assert!(scale.is_above(9.0) && !scale.is_above(0.619));
        assert!(scale.above() > scale.top && scale.without() > scale.above());
        for few in [&[][..], &[0.6]] {
            assert!(Range::of(few).length() > 0.0);
        }
    }
}
