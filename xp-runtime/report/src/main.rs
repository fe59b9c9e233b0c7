//! Regenerates the report of the workspace: called by `cargo xp report`.

use std::process::ExitCode;

use xp_spec::files::Workspace;

fn main() -> ExitCode {
    let here = std::env::current_dir().ok();
    let Some(workspace) = here.and_then(|folder| Workspace::find(&folder)) else {
        eprintln!("error: there is no data/manifest.yaml in this folder or above");
        return ExitCode::FAILURE;
    };
    match xp_report::markdown::regenerate(workspace.root(), chrono::Utc::now()) {
        Ok(path) => {
            println!("wrote {}", path.display());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
