//! One value of a resolved experiment and where it comes from: a line of the experiment or of a file of defaults, or the program.

use std::path::Path;

/// One value of a resolved experiment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its name, `part.key` where it is nested.
    pub name: String,
    /// Its value, as an experiment would write it.
    pub value: String,
    /// Where it comes from.
    pub source: ValueSource,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValueSource {
    /// A line of a file, relative to the workspace; a default unless it is the experiment's own.
    Line {
        /// The file.
        path: String,
        /// From 1.
        line: usize,
        /// Whether the experiment leaves the value out.
        default: bool,
    },
    /// A default of the program.
    BuiltIn,
    /// It follows from other values.
    Derived,
}

impl std::fmt::Display for ValueSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Line {
                path,
                line,
                default: false,
            } => write!(f, "{path}:{line}"),
            Self::Line { path, line, .. } => write!(f, "default, {path}:{line}"),
            Self::BuiltIn => f.write_str("default, built in"),
            Self::Derived => f.write_str("derived"),
        }
    }
}

/// The line of a key in a YAML of two levels at most, block or flow.
pub(crate) fn line_in(path: &str, yaml: &str, keys: &[&str]) -> ValueSource {
    let line = (|| {
        let (first, rest) = keys.split_first()?;
        let top = yaml
            .lines()
            .position(|line| line.starts_with(&format!("{first}:")))?;
        let Some(second) = rest.first() else {
            return Some(top);
        };
        yaml.lines()
            .enumerate()
            .skip(top)
            .take_while(|(at, line)| *at == top || line.starts_with(' ') || line.is_empty())
            .find(|(at, line)| {
                let own = line.trim_start().starts_with(&format!("{second}:"));
                own || (*at == top && line.contains(&format!("{second}:")))
            })
            .map(|(at, _)| at)
    })();
    match line {
        Some(line) if Path::new(path).is_relative() => ValueSource::Line {
            path: path.to_owned(),
            line: line + 1,
            default: true,
        },
        _ => ValueSource::BuiltIn,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_found_in_block_and_flow_maps() {
        let yaml = "a: 1\nb:\n  # note\n  c: 2\nd: { c: 3, e: 4 }\n";
        for (keys, line) in [
            (&["a"][..], Some(1)),
            (&["b", "c"], Some(4)),
            (&["d", "e"], Some(5)),
            (&["b", "e"], None),
            (&["x"], None),
        ] {
            let found = match line_in("f.yaml", yaml, keys) {
                ValueSource::Line { line, .. } => Some(line),
                _ => None,
            };
            assert_eq!(found, line, "{keys:?}");
        }
    }
}
