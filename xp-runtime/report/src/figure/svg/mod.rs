//! Figures that `kuva` lays out, as SVG: a function of its data, scaled to where it is shown, named for readers who do not see it, and small,
//! since a page holds hundreds.

mod path;
mod shapes;

use kuva::render::{
    layout::Layout,
    plots::Plot,
    render::{Scene, render_multiple},
};
use path::number;
use shapes::Shapes;

use super::style::{INK, PAPER, sheet};
use crate::markup::escape;

/// Fonts by their usual names, the metrics of the first of which `kuva` lays out with.
const FONTS: &str = "DejaVu Sans, Verdana, Helvetica, Arial, sans-serif";

/// The figure as SVG, named by its layout's title.
pub(super) fn draw(plots: Vec<Plot>, layout: Layout) -> String {
    let title = layout.title.clone().unwrap_or_default();
    written(&title, &render_multiple(plots, layout))
}

/// What was laid out, as SVG.
pub(super) fn written(title: &str, scene: &Scene) -> String {
    let mut shapes = Shapes::default();
    for element in &scene.elements {
        shapes.add(element);
    }
    let (width, height) = (number(scene.width), number(scene.height));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" \
         font-family=\"{FONTS}\" fill=\"{INK}\"><title>{}</title><style>:root{{max-width:100%;height:auto}}{}</style>\
         <rect width=\"100%\" height=\"100%\" fill=\"{PAPER}\"/>{}</svg>",
        escape(title),
        sheet(""),
        shapes.finish()
    )
}
