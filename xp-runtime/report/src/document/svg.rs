//! A figure's picture where it is shown: described by its caption, as a file with its own style sheet, in a page with the page's.

use super::model::Figure;
use crate::markup::escape;

/// The picture as a file.
pub fn svg(figure: &Figure) -> String {
    let described = format!("</title><desc>{}</desc>", escape(&figure.caption));
    figure.svg.replacen("</title>", &described, 1)
}

/// The picture within a page, which needs no name space.
pub(super) fn inline(figure: &Figure) -> String {
    const STYLE: (&str, &str) = ("<style>", "</style>");
    let picture = svg(figure).replacen(" xmlns=\"http://www.w3.org/2000/svg\"", "", 1);
    let without = picture.split_once(STYLE.0).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(STYLE.1)?;
        Some(format!("{before}{after}"))
    });
    without.unwrap_or(picture)
}
