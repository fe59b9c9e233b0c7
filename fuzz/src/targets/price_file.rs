//! A file of prices as an import reads it, and the checks of its bars.

use std::path::Path;

use xp_bars::{
    checks::inspect,
    price_file::{Content, Options, content, from_text},
};

use super::target::Target;

pub(super) const TARGET: Target = Target {
    name: "price_file",
    shipped: &[],
    start: |_| {
        let options = Options::new("2026-11-30".parse().unwrap());
        Box::new(move |input| {
            let path = Path::new("file.csv");
            let Ok(Content::Text(text, _)) = content(path, input.to_vec()) else {
                return;
            };
            for adjusted in [false, true] {
                let options = Options {
                    adjusted,
                    ..options.clone()
                };
                if let Ok(converted) = from_text(path, &text, &options) {
                    drop(inspect(&converted.bars));
                }
            }
        })
    },
};
