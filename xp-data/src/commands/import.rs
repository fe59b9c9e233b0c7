//! `cargo xp data import`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use xp_bars::price_file::{Decimal, Options, StockSplit, Zone};
use xp_clock::Clock;
use xp_data::{
    DataError,
    import::{Request, import},
};
use xp_spec::files::Workspace;

use super::{findings::say_findings, progress::say_added};

#[derive(Args)]
pub(crate) struct Import {
    /// The file.
    file: PathBuf,
    /// Name in the manifest, such as spy_daily; required without --dry-run.
    #[arg(long, required_unless_present = "dry_run")]
    name: Option<String>,
    /// Source of the file.
    #[arg(long)]
    source: Option<String>,
    /// Its licence.
    #[arg(long)]
    licence: Option<String>,
    /// Scales all prices by the adjusted close.
    #[arg(long)]
    adjusted: bool,
    /// Splits for which the prices are not adjusted, as DATE=NEW:OLD, such as 2014-06-09=7:1,2020-08-31=4:1: prices before each are divided
    /// by its ratio, volumes multiplied.
    #[arg(long, value_delimiter = ',', conflicts_with = "adjusted", value_parser = StockSplit::parse)]
    splits: Vec<StockSplit>,
    /// Time zone of the exchange, such as Asia/Tokyo: instants with an offset from UTC become its dates.
    #[arg(long, value_parser = Zone::parse)]
    zone: Option<Zone>,
    /// The mark before the decimals, where the file does not show which it is.
    #[arg(long, value_enum)]
    decimal: Option<Mark>,
    /// Replaces an entry of that name, whose file is renamed.
    #[arg(long)]
    replace: bool,
    /// Checks and writes nothing.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Mark {
    Point,
    Comma,
}

pub(super) fn run(
    workspace: &Workspace,
    arguments: Import,
    clock: &Clock,
) -> Result<(), DataError> {
    let file = &arguments.file;
    let request = Request {
        name: arguments.name.unwrap_or_else(|| "unnamed".to_owned()),
        source: arguments.source,
        licence: arguments.licence,
        options: Options {
            adjusted: arguments.adjusted,
            splits: arguments.splits,
            zone: arguments.zone,
            decimal: arguments.decimal.map(|mark| match mark {
                Mark::Point => Decimal::Point,
                Mark::Comma => Decimal::Comma,
            }),
            today: clock.utc().date_naive(),
        },
        replace: arguments.replace,
        dry_run: arguments.dry_run,
    };
    let report = import(workspace, file, &request)?;
    say_findings(&report.findings);
    let Some(entry) = report.entry else {
        return Err(DataError::Content(format!(
            "{} is refused because of the errors above; nothing was written",
            file.display()
        )));
    };
    let format = entry
        .imported
        .map(|imported| format!("{} columns, dates {}", imported.style, imported.dates))
        .unwrap_or_default();
    say!(
        "{}: {} bars, {} to {} ({format})",
        file.display(),
        entry.rows,
        entry.first,
        entry.last
    );
    let moved = report.moved.as_deref();
    say_added(request.dry_run, moved, &entry.path, &request.name);
    Ok(())
}
