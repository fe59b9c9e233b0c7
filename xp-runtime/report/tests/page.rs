//! The page of a study of 120 runs. It is left in the target folder's `tmp/page`, where the browser's tests look at it (tests/browser).

#![allow(clippy::unwrap_used, reason = "a test may state what it believes")]

mod synthetic;

use std::{collections::BTreeMap, fs, path::Path};

use synthetic::study::fill;
use xp_report::{
    FIGURES, PAGE,
    report::{Formats, regenerate},
};

/// Two blocks of trainings and one of searches.
const RUNS: usize = 120;

/// Bytes of the page for each figure on it, all texts and tables included; of `kuva`'s own SVG it is twice as many.
const BYTES_PER_FIGURE: usize = 6_000;

#[test]
fn the_page_is_small_its_links_lead_somewhere_and_its_figures_have_names() {
    let workspace = Path::new(env!("CARGO_TARGET_TMPDIR")).join("page");
    let _ = fs::remove_dir_all(&workspace);
    fill(&workspace, RUNS);
    let generated = "2026-11-23T20:00:00Z".parse().unwrap();
    let formats = Formats {
        html: true,
        ..Formats::default()
    };
    regenerate(&workspace, generated, formats).unwrap();
    let page = fs::read_to_string(workspace.join(PAGE)).unwrap();

    let figures = page.matches("role=\"img\"").count();
    assert!(figures > 300, "{figures}");
    assert!(
        page.len() < figures * BYTES_PER_FIGURE,
        "{} bytes for {figures} figures",
        page.len()
    );

    let mut ids: BTreeMap<&str, usize> = BTreeMap::new();
    for id in values(&page, " id=\"") {
        *ids.entry(id).or_default() += 1;
    }
    let twice: Vec<_> = ids.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
    let links: Vec<&str> = values(&page, "href=\"").collect();
    assert!(links.len() > 10, "{links:?}");
    for link in links {
        let id = link.strip_prefix('#').unwrap();
        assert!(ids.contains_key(id), "{link} leads nowhere");
    }

    let mut above = 0;
    for level in page.split("<h").skip(1) {
        let Some(level) = level.chars().next().and_then(|digit| digit.to_digit(10)) else {
            continue;
        };
        assert!(level <= above + 1, "h{level} follows h{above}");
        above = level;
    }

    for file in fs::read_dir(workspace.join(FIGURES)).unwrap() {
        let path = file.unwrap().path();
        let svg = fs::read_to_string(&path).unwrap();
        for part in ["viewBox=\"0 0 ", "role=\"img\"", "prefers-color-scheme"] {
            assert!(svg.contains(part), "{} lacks {part}", path.display());
        }
        for part in ["title", "desc"] {
            let text = svg.split(&format!("<{part}>")).nth(1).unwrap();
            assert!(!text.starts_with('<'), "{}", path.display());
        }
    }
}

/// The texts between this and the next quotation mark.
fn values<'a>(page: &'a str, before: &str) -> impl Iterator<Item = &'a str> {
    let parts = page.split(before).skip(1);
    parts.filter_map(|part| part.split('"').next())
}
