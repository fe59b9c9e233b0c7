//! Addresses of headings within a page, and the contents that link to them.

use std::collections::BTreeSet;

use crate::{
    document::model::{Block, Document},
    markup::escape,
};

/// Levels of the contents; the page's title is above them.
const LEVELS: std::ops::RangeInclusive<u8> = 2..=3;

/// An address for each heading, in their order: its words, with a number where another heading has them.
pub(super) fn addresses(document: &Document) -> Vec<String> {
    let mut taken = BTreeSet::new();
    headings(document)
        .map(|(_, title)| {
            let words = words(title);
            let numbered = (2..).map(|number| format!("{words}-{number}"));
            let mut free = std::iter::once(words.clone()).chain(numbered);
            let address = free.find(|address| !taken.contains(address));
            let address = address.unwrap_or(words);
            taken.insert(address.clone());
            address
        })
        .collect()
}

/// The contents; nothing where they would have a line at most.
pub(super) fn contents(document: &Document, addresses: &[String]) -> String {
    let entries: Vec<(u8, &str, &String)> = headings(document)
        .zip(addresses)
        .filter(|((level, _), _)| LEVELS.contains(level))
        .map(|((level, title), address)| (level, title, address))
        .collect();
    if entries.len() < 2 {
        return String::new();
    }
    // Folded, so that the verdicts are seen first.
    let mut text = "<nav aria-labelledby=\"contents\">\n<details>\n<summary><h2 id=\"contents\">Contents</h2></summary>\n".to_owned();
    let mut depth = 0;
    for (level, title, address) in entries {
        let wanted = usize::from(level - LEVELS.start()) + 1;
        // A section without a phase above it is at the top.
        let wanted = wanted.min(depth + 1);
        if wanted > depth {
            text.push_str("<ul>\n");
        } else {
            text.push_str("</li>\n");
            text.push_str(&"</ul></li>\n".repeat(depth - wanted));
        }
        depth = wanted;
        text.push_str(&format!("<li><a href=\"#{address}\">{}</a>", escape(title)));
    }
    text.push_str(&"</li></ul>\n".repeat(depth));
    text.push_str("</details>\n</nav>\n");
    text
}

fn headings(document: &Document) -> impl Iterator<Item = (u8, &str)> {
    document.0.iter().filter_map(|block| match block {
        Block::Heading(level, title) | Block::Fold(level, title) => Some((*level, title.as_str())),
        _ => None,
    })
}

/// Letters and digits of a title with hyphens between the words.
fn words(title: &str) -> String {
    let lower = title.to_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    // No word of a page begins an address: those of figures and tables have a mark of their own.
    format!("s-{}", words.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_nest_and_every_link_has_its_own_address() {
        let headings = [
            (1, "Results"),
            (2, "phase<1>"),
            (3, "Summary"),
            (4, "one"),
            (3, "Runs"),
            (2, "phase2"),
            (3, "Summary"),
        ];
        let blocks = headings.map(|(level, title)| Block::Heading(level, title.to_owned()));
        let document = Document::new(blocks.to_vec());
        let addresses = addresses(&document);
        assert_eq!(
            contents(&document, &addresses).replace('\n', ""),
            "<nav aria-labelledby=\"contents\"><details><summary><h2 id=\"contents\">Contents</h2></summary><ul>\
             <li><a href=\"#s-phase-1\">phase&lt;1&gt;</a><ul>\
             <li><a href=\"#s-summary\">Summary</a></li><li><a href=\"#s-runs\">Runs</a></li></ul></li>\
             <li><a href=\"#s-phase2\">phase2</a><ul>\
             <li><a href=\"#s-summary-2\">Summary</a></li></ul></li></ul></details></nav>"
        );
    }
}
