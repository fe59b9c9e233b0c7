//! The PostgreSQL server that keeps the study of a search, where one is asked for.

use xp_postgres::Settings;
use xp_spec::files::Workspace;

use super::{error::RunError, options::Options};

/// Environment variable with the URL of the database.
const VARIABLE: &str = "XP_STUDY";

/// The server of the command line, or else of the environment, or else of the workspace; absent where none names one.
pub(super) fn server(
    workspace: &Workspace,
    options: &Options,
) -> Result<Option<Settings>, RunError> {
    let of_environment = || std::env::var(VARIABLE).ok().filter(|url| !url.is_empty());
    let (url, source) = match (&options.study_url, of_environment()) {
        (Some(url), _) => (url.clone(), "--study-url"),
        (None, Some(url)) => (url, VARIABLE),
        (None, None) => {
            let cluster = workspace.cluster().map_err(RunError::failed)?;
            match cluster.study {
                Some(url) => (url.0, "configs/cluster.yaml"),
                None => return Ok(None),
            }
        }
    };
    let (settings, warnings) = Settings::of_process(&url)
        .map_err(|error| RunError::Failed(format!("{source}: {error}")))?;
    for warning in warnings {
        tracing::warn!("warning: {warning}");
    }
    Ok(Some(settings))
}
