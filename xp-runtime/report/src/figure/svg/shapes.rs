//! Elements of an SVG, of which neighbours that are painted alike are one. Texts of a group are above all else in it.

use super::path::{number, point, polyline, rounded};
use crate::markup::escape;
use kuva::render::{
    color::Color,
    render::{PathData, Primitive, TextAnchor},
};

/// Neighbours that are painted alike.
#[derive(Default)]
struct Run {
    /// The tag of their element, whose last attribute they are where it is a path's.
    start: String,
    content: String,
    end: &'static str,
}

/// Neighbours, one after another.
#[derive(Default)]
struct Runs(Vec<Run>);

impl Runs {
    fn add(&mut self, start: String, content: &str, end: &'static str) {
        match self.0.last_mut() {
            Some(run) if run.start == start => run.content.push_str(content),
            _ => self.0.push(Run {
                start,
                content: content.to_owned(),
                end,
            }),
        }
    }

    fn take(&mut self) -> String {
        let runs = std::mem::take(&mut self.0).into_iter();
        runs.map(|run| run.start + &run.content + run.end).collect()
    }
}

/// The elements written so far, and those of the group that is open.
#[derive(Default)]
pub(super) struct Shapes {
    done: String,
    shapes: Runs,
    texts: Runs,
}

impl Shapes {
    /// The elements.
    pub(super) fn finish(mut self) -> String {
        self.close();
        self.done
    }

    pub(super) fn add(&mut self, primitive: &Primitive) {
        match primitive {
            Primitive::Line {
                x1,
                y1,
                x2,
                y2,
                stroke,
                stroke_width,
                stroke_dasharray,
            } => self.stroke(
                &polyline(&[(*x1, *y1), (*x2, *y2)]),
                &stroked(stroke, *stroke_width, stroke_dasharray.as_deref()),
            ),
            Primitive::PolyLine {
                points,
                stroke,
                stroke_width,
                stroke_dasharray,
            } => self.stroke(
                &polyline(points),
                &stroked(stroke, *stroke_width, stroke_dasharray.as_deref()),
            ),
            Primitive::Path(path) => self.path(path),
            Primitive::Circle {
                cx,
                cy,
                r,
                fill,
                fill_opacity,
                stroke,
                stroke_width,
            } => {
                let outline = outlined(stroke.as_ref(), *stroke_width);
                self.circle((*cx, *cy), *r, fill, (*fill_opacity, &outline));
            }
            Primitive::CircleBatch {
                cx,
                cy,
                r,
                fill,
                fill_opacity,
                stroke,
                stroke_width,
            } => {
                let outline = outlined(stroke.as_ref(), *stroke_width);
                for (x, y) in cx.iter().zip(cy) {
                    self.circle((*x, *y), *r, fill, (*fill_opacity, &outline));
                }
            }
            Primitive::Rect {
                x,
                y,
                width,
                height,
                fill,
                stroke,
                stroke_width,
                opacity,
            } => {
                let outline = outlined(stroke.as_ref(), *stroke_width);
                let attributes = format!("{}{outline}", filled(fill, *opacity));
                self.group(&rectangle(*x, *y, *width, *height), &attributes);
            }
            Primitive::RectBatch { x, y, w, h, fills } => {
                for (((x, y), (w, h)), fill) in x.iter().zip(y).zip(w.iter().zip(h)).zip(fills) {
                    self.group(&rectangle(*x, *y, *w, *h), &filled(fill, None));
                }
            }
            Primitive::Text {
                x,
                y,
                content,
                size,
                anchor,
                rotate,
                bold,
                color,
            } => {
                let turned = rotate.map_or_else(String::new, |angle| {
                    format!(" transform=\"rotate({} {})\"", number(angle), point(*x, *y))
                });
                let weight = if *bold { " font-weight=\"bold\"" } else { "" };
                let attributes = format!("{}{weight}", lettered(*size, *anchor, color.as_ref()));
                self.text((*x, *y), &turned, content, &attributes);
            }
            // No figure of ours marks a part of a text.
            Primitive::RichText {
                x,
                y,
                spans,
                size,
                anchor,
                color,
            } => {
                let content: String = spans.iter().map(|span| span.text.as_str()).collect();
                let attributes = lettered(*size, *anchor, color.as_ref());
                self.text((*x, *y), "", &content, &attributes);
            }
            Primitive::GroupStart { transform, .. } => {
                let transform = transform.as_ref().map_or_else(String::new, |transform| {
                    format!(" transform=\"{}\"", escape(transform))
                });
                self.border(&format!("<g{transform}>"));
            }
            Primitive::GroupEnd => self.border("</g>"),
            // A nested picture clips what leaves it, and needs no id, of which a page may have each once only.
            Primitive::ClipStart {
                x,
                y,
                width,
                height,
                ..
            } => {
                let (width, height) = (number(*width), number(*height));
                let (x, y) = (number(*x), number(*y));
                self.border(&format!(
                    "<svg x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" viewBox=\"{x} {y} {width} {height}\">"
                ));
            }
            Primitive::ClipEnd => self.border("</svg>"),
        }
    }

    fn path(&mut self, path: &PathData) {
        let attributes = stroked(
            &path.stroke,
            path.stroke_width,
            path.stroke_dasharray.as_deref(),
        );
        match &path.fill {
            None | Some(Color::None) => self.stroke(&rounded(&path.d), &attributes),
            Some(fill) => {
                let area = format!("<path d=\"{}\"/>", rounded(&path.d));
                self.group(
                    &area,
                    &format!("{}{attributes}", filled(fill, path.opacity)),
                );
            }
        }
    }

    fn circle(
        &mut self,
        (x, y): (f64, f64),
        r: f64,
        fill: &Color,
        (opacity, outline): (Option<f64>, &str),
    ) {
        // A point is the end of a line without length, which is a third of a circle's text.
        if opacity.is_none() && outline.is_empty() {
            let attributes = format!("{} stroke-linecap=\"round\"", stroked(fill, 2.0 * r, None));
            return self.stroke(&format!("M{}h0", point(x, y)), &attributes);
        }
        let circle = format!(
            "<circle cx=\"{}\" cy=\"{}\" r=\"{}\"/>",
            number(x),
            number(y),
            number(r)
        );
        self.group(&circle, &format!("{}{outline}", filled(fill, opacity)));
    }

    fn text(&mut self, (x, y): (f64, f64), turned: &str, content: &str, attributes: &str) {
        // An axis may have no name.
        if content.is_empty() {
            return;
        }
        let text = format!(
            "<text x=\"{}\" y=\"{}\"{turned}>{}</text>",
            number(x),
            number(y),
            escape(content)
        );
        self.texts.add(format!("<g{attributes}>"), &text, "</g>");
    }

    fn stroke(&mut self, path: &str, attributes: &str) {
        let start = format!("<path fill=\"none\"{attributes} d=\"");
        self.shapes.add(start, path, "\"/>");
    }

    fn group(&mut self, element: &str, attributes: &str) {
        self.shapes.add(format!("<g{attributes}>"), element, "</g>");
    }

    /// What begins or ends a group.
    fn border(&mut self, markup: &str) {
        self.close();
        self.done.push_str(markup);
    }

    fn close(&mut self) {
        self.done.push_str(&self.shapes.take());
        self.done.push_str(&self.texts.take());
    }
}

fn rectangle(x: f64, y: f64, width: f64, height: f64) -> String {
    format!(
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>",
        number(x),
        number(y),
        number(width),
        number(height)
    )
}

fn filled(fill: &Color, opacity: Option<f64>) -> String {
    let opacity = opacity.map_or_else(String::new, |share| format!(" fill-opacity=\"{share:.2}\""));
    format!(" fill=\"{}\"{opacity}", fill.to_svg_string())
}

/// Attributes of a line; none where it is not drawn.
fn stroked(stroke: &Color, width: f64, dashes: Option<&str>) -> String {
    if matches!(stroke, Color::None) {
        return String::new();
    }
    let dashes = dashes.map_or_else(String::new, |dashes| {
        format!(" stroke-dasharray=\"{}\"", escape(dashes))
    });
    let width = number(width);
    format!(
        " stroke=\"{}\" stroke-width=\"{width}\"{dashes}",
        stroke.to_svg_string()
    )
}

fn outlined(stroke: Option<&Color>, width: Option<f64>) -> String {
    stroke.map_or_else(String::new, |stroke| {
        stroked(stroke, width.unwrap_or(1.0), None)
    })
}

fn lettered(size: u32, anchor: TextAnchor, color: Option<&Color>) -> String {
    let anchor = match anchor {
        TextAnchor::Start => "",
        TextAnchor::Middle => " text-anchor=\"middle\"",
        TextAnchor::End => " text-anchor=\"end\"",
    };
    let fill = color.map_or_else(String::new, |color| filled(color, None));
    format!(" font-size=\"{size}\"{anchor}{fill}")
}
