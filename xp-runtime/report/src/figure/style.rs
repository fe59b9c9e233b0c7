//! Style of all figures.

use kuva::{
    plot::LegendPosition,
    render::{layout::Layout, plots::Plot, render::collect_legend_entries},
};

/// Colours that differ for colour-blind readers too (Okabe & Ito).
pub(super) const COLOURS: [&str; 6] = [
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9",
];
pub(super) const BLUE: &str = "#0072B2";
pub(super) const ORANGE: &str = "#D55E00";
pub(super) const GREEN: &str = "#009E73";
pub(super) const PURPLE: &str = "#CC79A7";
pub(super) const GREY: &str = "#999999";

/// The layout of all figures; long titles break, and the legend is beneath, where no data is.
pub(super) fn layout(plots: &[Plot], title: &str, x: &str, y: &str) -> Layout {
    let entries = collect_legend_entries(plots);
    let layout = Layout::auto_from_plots(plots)
        .with_title(title)
        .with_title_size(15)
        .with_title_wrap(64)
        .with_x_label(x)
        .with_y_label(y);
    if entries.is_empty() {
        return layout;
    }
    // Entries that `kuva` collects itself have room for one row only.
    layout
        .with_legend_entries(entries)
        .with_legend_position(LegendPosition::OutsideBottomColumns)
        .with_legend_box(false)
}
