//! Style of all figures.

use kuva::render::{layout::Layout, plots::Plot};

/// Colours that differ for colour-blind readers too (Okabe & Ito).
pub(super) const COLOURS: [&str; 6] = [
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9",
];
pub(super) const BLUE: &str = "#0072B2";
pub(super) const ORANGE: &str = "#D55E00";
pub(super) const GREY: &str = "#999999";

/// The layout of all figures; long titles break.
pub(super) fn layout(plots: &[Plot], title: &str, x: &str, y: &str) -> Layout {
    Layout::auto_from_plots(plots)
        .with_title(title)
        .with_title_size(15)
        .with_title_wrap(64)
        .with_x_label(x)
        .with_y_label(y)
}
