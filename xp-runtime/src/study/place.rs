//! Where the study of a search is: a file in its folder, or a PostgreSQL server that many processes share.

use xp_search::{Study, StudyIdentity};

use super::settings::STUDY;
use crate::context::{Context, RunError};

/// The name of a study on a server. The specification is part of it: an experiment that has changed gets a study of its own, as it gets a folder.
fn name(context: &Context, spec_hash: &str) -> String {
    format!("{}@{spec_hash}", context.folder_name())
}

/// Creates or resumes the study of a search. `identity` has the name of a file's study.
pub(crate) fn open(context: &Context, identity: StudyIdentity) -> Result<Study, RunError> {
    let Some(server) = &context.server else {
        let file = context.folder().join(STUDY);
        let journal = context.options.study_journal;
        let mut study = Study::open_with(&file, identity, &context.clock, journal)?;
        study.on_wait(super::waiting::goes_on(None));
        return Ok(study);
    };
    let identity = StudyIdentity {
        name: name(context, &context.hash),
        ..identity
    };
    let patience = super::waiting::goes_on(Some(server.to_string()));
    let mut study = Study::open_server(server, identity, &context.clock, patience)?;
    let job = context.job.as_ref();
    study.set_job(
        job.map(|job| job.id()),
        job.and_then(|job| job.node.clone()),
    );
    Ok(study)
}

/// The study of a search, to look at it; absent where there is none yet.
pub(crate) fn open_read_only(context: &Context) -> Result<Option<Study>, RunError> {
    open_earlier(context, &context.hash)
}

/// The study of a search as it was with another specification, to look at it. A file has one study at a time, of whatever specification.
pub(crate) fn open_earlier(context: &Context, spec_hash: &str) -> Result<Option<Study>, RunError> {
    if let Some(server) = &context.server {
        let name = name(context, spec_hash);
        return Ok(Study::open_server_read_only(server, &name, &context.clock)?);
    }
    let file = context.folder().join(STUDY);
    if !file.exists() {
        return Ok(None);
    }
    Ok(Some(Study::open_read_only(&file, &context.clock)?))
}
