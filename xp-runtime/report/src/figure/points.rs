//! Points of figures.

/// A named line.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Legend.
    pub name: String,
    /// Points.
    pub points: Vec<(f64, f64)>,
}

/// Points that can be drawn: those with finite coordinates.
pub(super) fn finite(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let drawn = points.iter().copied();
    drawn
        .filter(|(x, y)| x.is_finite() && y.is_finite())
        .collect()
}
