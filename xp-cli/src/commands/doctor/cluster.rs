//! What a cluster needs: Slurm's commands, and the database of studies. Nothing connects to it, which would take longer to build than all of
//! `cargo xp`: the command that tries is named instead.

use std::{env, process::Command};

use xp_host::batch_job::BatchJob;
use xp_spec::{
    files::{CLUSTER, Workspace},
    study_url::without_password,
};

use super::{fact::Fact, programs::first_line};
use crate::session::Session;

/// Commands that `submit`, `status` and `cancel` run.
const COMMANDS: [&str; 4] = ["sbatch", "squeue", "scancel", "sacct"];
/// Variable with the address of the database.
const VARIABLE: &str = "XP_STUDY";

/// Slurm and the database.
pub(super) fn facts(session: &Session) -> Vec<Fact> {
    let in_environment = env::var(VARIABLE).ok().filter(|url| !url.is_empty());
    vec![
        ("Slurm", slurm(version)),
        ("job", job(BatchJob::current().as_ref())),
        ("study", study(&session.workspace, in_environment)),
        ("psql", first_line("psql", &["--version"])),
    ]
}

/// What a command says of its version, or why it does not; absent where there is none.
type Said = Option<Result<String, String>>;

/// The version of a command of Slurm, which needs the cluster's configuration even for that.
fn version(command: &str) -> Said {
    let output = Command::new(command).arg("--version").output().ok()?;
    let first = |text: &[u8]| {
        let text = String::from_utf8_lossy(text);
        text.lines().next().unwrap_or_default().to_owned()
    };
    Some(match output.status.success() {
        true => Ok(first(&output.stdout)),
        false => Err(first(&output.stderr)),
    })
}

/// The version of Slurm's commands, and those that are missing.
fn slurm(version: impl Fn(&str) -> Said) -> String {
    let said = COMMANDS.map(|command| (command, version(command)));
    let missing = said.iter().filter(|(_, said)| said.is_none());
    let missing: Vec<&str> = missing.map(|(command, _)| *command).collect();
    let found = match said.iter().find_map(|(_, said)| said.as_ref()) {
        None => return "not found".to_owned(),
        Some(Ok(version)) => version.clone(),
        Some(Err(why)) => format!("installed, without an answer: {why}"),
    };
    if missing.is_empty() {
        return found;
    }
    format!("{found}, without {}", missing.join(", "))
}

/// The job that this is run in.
fn job(job: Option<&BatchJob>) -> String {
    job.map_or_else(|| "none".to_owned(), BatchJob::description)
}

/// Where studies are, and how to try it.
fn study(workspace: &Workspace, in_environment: Option<String>) -> String {
    let (url, source) = match (in_environment, workspace.cluster()) {
        (Some(url), _) => (url, VARIABLE),
        (None, Err(error)) => return error.to_string(),
        (None, Ok(cluster)) => match cluster.study {
            Some(url) => (url.0, CLUSTER),
            None => {
                return format!(
                    "files in outputs/hpo: neither {VARIABLE} nor {CLUSTER} names a database"
                );
            }
        },
    };
    let url = without_password(&url);
    format!("{url} ({source}); `psql ADDRESS -c 'select 1'` with it shows whether it answers")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use xp_spec::files::MANIFEST;

    use super::*;

    #[test]
    fn commands_that_are_missing_are_named() {
        let answer = || Some(Ok("slurm 22.05.8".to_owned()));
        assert_eq!(slurm(|_| answer()), "slurm 22.05.8");
        assert_eq!(slurm(|_| None), "not found");
        let some = |command: &str| answer().filter(|_| command != "sacct");
        assert_eq!(slurm(some), "slurm 22.05.8, without sacct");
        let mute = |_: &str| Some(Err("squeue: error: no slurm.conf".to_owned()));
        assert_eq!(
            slurm(mute),
            "installed, without an answer: squeue: error: no slurm.conf"
        );
    }

    #[test]
    fn the_database_is_shown_without_a_password_and_with_the_command_that_tries_it() {
        let folder = tempfile::tempdir().unwrap();
        for file in [MANIFEST, CLUSTER] {
            let file = folder.path().join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, "").unwrap();
        }
        let workspace = Workspace::find(folder.path()).unwrap();
        assert!(study(&workspace, None).starts_with("files in outputs/hpo"));
        let text = "study: postgresql://xp@db/xp\n";
        fs::write(folder.path().join(CLUSTER), text).unwrap();
        let found = study(&workspace, None);
        assert!(found.starts_with("postgresql://xp@db/xp (configs/cluster.yaml); `psql "));
        let url = "postgresql://xp:QZ7QZ7@db/xp".to_owned();
        let found = study(&workspace, Some(url));
        assert!(
            found.contains("(XP_STUDY)") && !found.contains("QZ7"),
            "{found}"
        );
        fs::write(folder.path().join(CLUSTER), "stduy: x\n").unwrap();
        assert!(study(&workspace, None).contains("unknown key `stduy`"));
    }
}
