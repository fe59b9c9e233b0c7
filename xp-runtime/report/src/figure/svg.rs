//! SVG by `kuva` that is a function of its data.

use kuva::render::{layout::Layout, plots::Plot};
use xp_spec::printable::printable;

/// The figure as SVG.
pub(super) fn draw(plots: Vec<Plot>, layout: Layout) -> String {
    finished(&kuva::render_to_svg(plots, layout))
}

/// What `kuva` calls a clip before its number.
const CLIP: &str = "kuva-clip-";

/// What `kuva` drew, as it is published: its text is escaped as XML, but may still have characters that XML does not allow.
pub(super) fn finished(svg: &str) -> String {
    stable_ids(&printable(svg))
}

/// Clip ids come from a process-wide counter; numbered anew, a figure is a function of its data.
fn stable_ids(svg: &str) -> String {
    let mut parts = svg.split(CLIP);
    let mut out = parts.next().unwrap_or_default().to_owned();
    let mut seen: Vec<&str> = Vec::new();
    for part in parts {
        let end = part
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(part.len());
        let (number, rest) = part.split_at(end);
        let position = seen.iter().position(|known| *known == number);
        let position = position.unwrap_or_else(|| {
            seen.push(number);
            seen.len() - 1
        });
        out.push_str(&format!("{CLIP}{position}{rest}"));
    }
    out
}
