//! Regenerates the report of the workspace: called by `cargo xp report`.

use std::process::ExitCode;

use xp_clock::Clock;
use xp_report::report::{Formats, regenerate};
use xp_spec::files::Workspace;

fn main() -> ExitCode {
    let here = std::env::current_dir().ok();
    let Some(workspace) = here.and_then(|folder| Workspace::find(&folder)) else {
        eprintln!("error: there is no data/manifest.yaml in this folder or above");
        return ExitCode::FAILURE;
    };
    let mut formats = Formats::default();
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--html" => formats.html = true,
            "--latex" => formats.latex = true,
            "--csv" => formats.csv = true,
            other => {
                eprintln!("error: unknown option {other}; known are --html, --latex, --csv");
                return ExitCode::FAILURE;
            }
        }
    }
    match regenerate(workspace.root(), Clock::system().utc(), formats) {
        Ok(path) => {
            println!("wrote {}", path.display());
            for (wanted, path) in [
                (formats.html, xp_report::PAGE),
                (formats.latex, xp_report::LATEX),
                (formats.csv, xp_report::TABLES),
            ] {
                if wanted {
                    println!("wrote {}", workspace.root().join(path).display());
                }
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
