//! Tables of cases in text files, one case a line.

/// The rows of a table of `N` columns between ` | `; comments and empty lines are left out.
pub(crate) fn rows<const N: usize>(text: &str) -> Vec<[String; N]> {
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let fields: Vec<_> = line.split(" | ").map(field).collect();
            fields
                .try_into()
                .unwrap_or_else(|_| unreachable!("`{line}` has other columns"))
        })
        .collect()
}

fn field(text: &str) -> String {
    match text {
        "∅" => String::new(),
        text => text.replace('␤', "\n").replace('␠', " "),
    }
}
