//! What runs have left, as a table of each group: how far each experiment is, and overridden runs below it.

use xp_terminal::{Column, Table, wrapped};

use super::groups::{groups, widest};
use crate::{
    experiments::Found,
    results::{Outputs, Value},
};

const COLUMNS: [Column; 3] = [
    Column::Words("experiment"),
    Column::Words("status"),
    Column::Words("best value"),
];

/// Prints a table of each group.
pub(super) fn show(shown: &[&Found], outputs: &Outputs, width: Option<usize>) {
    let groups = groups(shown);
    let names = widest(&groups);
    for (at, group) in groups.iter().enumerate() {
        let mut table = Table::new(&COLUMNS);
        let mut beside = Vec::new();
        for (one, checked) in &group.experiments {
            let results = outputs.of(checked);
            table.row([
                format!("{:<names$}", one.name),
                results.state(),
                value(results.value.as_ref()),
            ]);
            for run in &results.overridden {
                beside.push(format!(
                    "overridden, beside {}: {}, {} ({})",
                    one.name,
                    results.counted(run.ended),
                    value(run.value.as_ref()),
                    run.folder
                ));
            }
        }
        let gap = if at == 0 { "" } else { "\n" };
        say!(
            "{gap}{}\n{}",
            wrapped(&group.heading, 0, width),
            table.text(width)
        );
        for text in beside {
            say!("{}", wrapped(&text, 0, width));
        }
    }
}

fn value(value: Option<&Value>) -> String {
    value.map_or_else(|| "—".to_owned(), ToString::to_string)
}
