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
pub(super) const GREY: &str = "#767676";

/// Pixels of a figure: its letters can still be read where a phone shows it.
const WIDTH: f64 = 500.0;
const HEIGHT: f64 = 360.0;

/// Of text and axes.
pub(super) const INK: &str = "#000000";
/// Of the ground.
pub(super) const PAPER: &str = "#ffffff";

/// What is drawn in one colour on paper, and in another on a dark page: ink, paper, grid, and the colours that a dark ground would
/// swallow.
const DARK: [(&str, &str); 5] = [
    (INK, "#e6e8eb"),
    (PAPER, "#15181c"),
    ("#cccccc", "#3a4048"),
    ("#0072b2", "#4ea8e0"),
    ("#d55e00", "#f0803c"),
];

/// The layout of all figures; long titles break, and the legend is beneath, where no data is.
pub(super) fn layout(plots: &[Plot], title: &str, x: &str, y: &str) -> Layout {
    let entries = collect_legend_entries(plots);
    let layout = Layout::auto_from_plots(plots)
        .with_width(WIDTH)
        .with_height(HEIGHT)
        .with_title(title)
        .with_title_size(15)
        .with_title_wrap(50)
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

/// Style sheet of figures, all within `scope`, a selector with a blank at its end or nothing. Colours are attributes, so that programs
/// that know no style sheets draw them too; where a reader prefers dark pages these rules replace them, but not on paper.
pub(crate) fn sheet(scope: &str) -> String {
    let rules: String = DARK
        .iter()
        .map(|(light, dark)| {
            ["fill", "stroke"]
                .map(|paint| format!("{scope}[{paint}=\"{light}\"]{{{paint}:{dark}}}"))
                .concat()
        })
        .collect();
    format!("@media screen and (prefers-color-scheme:dark){{{rules}}}")
}
