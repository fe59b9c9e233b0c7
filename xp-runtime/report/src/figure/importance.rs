//! Importance of a search's parameters.

use kuva::{plot::BarPlot, render::plots::Plot};

use super::{
    style::{BLUE, COLOURS, layout},
    svg::draw,
};

/// Share of each parameter in the difference of the best trials from all, the largest at the top.
pub fn importance(title: &str, shares: &[(String, f64)]) -> String {
    let mut shares: Vec<&(String, f64)> = shares
        .iter()
        .filter(|(_, share)| share.is_finite())
        .collect();
    shares.sort_by(|a, b| a.1.total_cmp(&b.1).then_with(|| b.0.cmp(&a.0)));
    let mut bars = BarPlot::new().with_horizontal(true);
    for (name, share) in &shares {
        bars = bars.with_colored_bar(
            name.as_str(),
            *share,
            COLOURS.first().copied().unwrap_or(BLUE),
        );
    }
    let plots = if shares.is_empty() {
        Vec::new()
    } else {
        vec![Plot::Bar(bars)]
    };
    let layout = layout(&plots, title, "importance (PED-ANOVA, shares)", "");
    draw(plots, layout)
}
