//! Numbers and paths of an SVG, to a tenth of a pixel.

/// A number of pixels, as short as it can be: `12`, `12.3`.
pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0" } else { text }.to_owned()
}

/// Two coordinates.
pub(super) fn point(x: f64, y: f64) -> String {
    format!("{} {}", number(x), number(y))
}

/// A path through points, each from the one before: distances are short, and being those of rounded places they do not add up errors.
pub(super) fn polyline(points: &[(f64, f64)]) -> String {
    let tenths = |(x, y): &(f64, f64)| ((x * 10.0).round(), (y * 10.0).round());
    let Some((first, rest)) = points.split_first() else {
        return String::new();
    };
    let mut last = tenths(first);
    let mut path = format!("M{}", point(last.0 / 10.0, last.1 / 10.0));
    let mut is_line = false;
    for next in rest.iter().map(tenths) {
        let (x, y) = ((next.0 - last.0) / 10.0, (next.1 - last.1) / 10.0);
        last = next;
        match (x == 0.0, y == 0.0) {
            (true, true) => continue,
            (false, true) => path.push_str(&format!("h{}", number(x))),
            (true, false) => path.push_str(&format!("v{}", number(y))),
            (false, false) => {
                // A command is said once for the distances after it.
                let (x, y) = (number(x), number(y));
                path.push_str(match (is_line, x.starts_with('-')) {
                    (false, _) => "l",
                    (true, true) => "",
                    (true, false) => " ",
                });
                let between = if y.starts_with('-') { "" } else { " " };
                path.push_str(&format!("{x}{between}{y}"));
            }
        }
        is_line = x != 0.0 && y != 0.0;
    }
    path
}

/// A path of `kuva`'s, whose commands and numbers are apart or together: the same with rounded numbers.
pub(super) fn rounded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for token in path.split([' ', ',', '\n']) {
        let is_command = |c: &char| c.is_ascii_alphabetic();
        let (command, rest) = match token.chars().next().filter(is_command) {
            Some(_) => token.split_at(1),
            None => ("", token),
        };
        // A blank only between two numbers.
        if command.is_empty() && !rest.is_empty() && out.ends_with(|c: char| c.is_ascii_digit()) {
            out.push(' ');
        }
        out.push_str(command);
        match rest.parse() {
            Ok(value) => out.push_str(&number(value)),
            Err(_) => out.push_str(rest),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_paths_keep_their_commands() {
        for (value, expected) in [
            (12.0, "12"),
            (12.349, "12.3"),
            (-0.01, "0"),
            (-7.06, "-7.1"),
        ] {
            assert_eq!(number(value), expected);
        }
        let points = [
            (0.0, 1.25),
            (2.0, -3.0),
            (2.01, -3.04),
            (4.0, -3.0),
            (4.0, 1.0),
            (3.0, 2.0),
            (4.0, 1.5),
        ];
        assert_eq!(polyline(&points), "M0 1.3l2-4.3h2v4l-1 1 1-0.5");
        assert_eq!(
            rounded("M 10.04 20.06 L 30 40.55 A5.5,5.5 0 1 1 3,4 Z"),
            "M10 20.1L30 40.5A5.5 5.5 0 1 1 3 4Z"
        );
    }
}
