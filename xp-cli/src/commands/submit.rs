//! `cargo xp submit`: experiments as array jobs of Slurm. What is needed is checked before the first job is submitted; the binaries are built
//! once, here, and the jobs run them.

mod database;
mod prerequisites;
mod request;
mod resources;
mod script;

use std::fs;

use xp_spec::files::{SLURM_LOGS, cluster::Cluster};

use crate::{
    cargo,
    experiments::{Found, all},
    failure::Failure,
    libtorch,
    results::Outputs,
    session::Session,
    shell, slurm,
};
use prerequisites::{Prerequisite, prerequisites};
pub(crate) use request::Options;
use resources::Resources;
use script::Script;

/// An experiment that is ready to be submitted.
struct Ready<'a> {
    name: &'a str,
    script: String,
    prerequisites: Vec<Prerequisite<'a>>,
    /// For people.
    size: String,
}

impl Options {
    pub(crate) fn run(&self, session: &Session) -> Result<u8, Failure> {
        self.check()?;
        let workspace = &session.workspace;
        let everything = all(workspace)?;
        let selected = self.group.select(workspace, &everything, &self.names)?;
        let cluster = workspace.cluster().map_err(|error| {
            let remedy = error.remedy.as_deref().unwrap_or("correct it");
            Failure::new(format!("{error}; {remedy}"))
        })?;
        // Asked for first, so that nobody waits for a build where Slurm is not there.
        let queue = match self.dry_run {
            true => None,
            false => Some(slurm::jobs(workspace.root())?),
        };
        let ready = self.ready(
            session,
            &selected,
            &everything,
            (&cluster, queue.as_deref()),
        )?;
        let options = sbatch_options(&cluster, &self.sbatch);
        if self.dry_run {
            show(session, &options, &ready);
            return Ok(0);
        }
        build(session, &ready, self.gpus > 0)?;
        submit(session, &options, &ready)?;
        Ok(0)
    }

    /// The scripts, and what they wait for.
    fn ready<'a>(
        &self,
        session: &Session,
        selected: &[&'a Found],
        everything: &[Found],
        (cluster, queue): (&Cluster, Option<&[slurm::Job]>),
    ) -> Result<Vec<Ready<'a>>, Failure> {
        let workspace = &session.workspace;
        let outputs = Outputs::read(workspace)?;
        // As the job sees it, and `squeue` tells it.
        let root = workspace.root().canonicalize();
        let root = root.unwrap_or_else(|_| workspace.root().to_owned());
        let site = cluster.slurm.clone().unwrap_or_default();
        let study_url = database::study_url(self)?;
        let mut ready = Vec::new();
        for &found in selected {
            let Ok(checked) = &found.checked else {
                continue;
            };
            let tasks = database::tasks(
                (self, study_url.is_some() || cluster.study.is_some()),
                (&found.name, checked),
                queue,
            )?;
            let resources = Resources::of(found, checked, everything, self)?;
            let binary = cargo::binary(workspace, &found.name);
            let script = Script {
                name: &found.name,
                tasks,
                resources: &resources,
                options: self,
                study_url: study_url.as_deref(),
                site: &site,
                root: &root.to_string_lossy(),
                binary: &binary.to_string_lossy(),
            };
            ready.push(Ready {
                name: &found.name,
                script: script.text(),
                prerequisites: prerequisites(
                    found,
                    checked,
                    selected,
                    everything,
                    (queue, &outputs),
                )?,
                size: format!(
                    "{tasks} task{} of {} cores and {}",
                    if tasks == 1 { "" } else { "s" },
                    resources.cores,
                    resources.memory
                ),
            });
        }
        Ok(ready)
    }
}

/// Options of the site, then those of the command line, which come last and so before them.
fn sbatch_options(cluster: &Cluster, given: &[String]) -> Vec<String> {
    let site = cluster.slurm.iter().flat_map(|site| &site.options);
    let site = site.flat_map(|options| options.0.clone());
    site.chain(given.iter().cloned()).collect()
}

/// What keeps a job from starting before others have ended well, and removes it where one has not.
fn dependency(jobs: &[String]) -> Vec<String> {
    if jobs.is_empty() {
        return Vec::new();
    }
    let jobs = jobs.join(":");
    vec![
        format!("--dependency=afterok:{jobs}"),
        "--kill-on-invalid-dep=yes".to_owned(),
    ]
}

/// Prints a shell's commands that would submit the same.
fn show(session: &Session, options: &[String], ready: &[Ready]) {
    let root = session.workspace.root().to_string_lossy();
    say!("cd -- {}", shell::quoted(&root));
    say!("mkdir -p {SLURM_LOGS}");
    for one in ready {
        let prerequisites = one.prerequisites.iter().map(|earlier| match earlier {
            Prerequisite::Submitted(name) => format!("${name}"),
            Prerequisite::Queued(id) => id.to_string(),
        });
        let waits = dependency(&prerequisites.collect::<Vec<_>>()).join(" ");
        let space = if waits.is_empty() { "" } else { " " };
        let words = ["sbatch", "--parsable"].into_iter();
        let command = shell::command(words.chain(options.iter().map(String::as_str)));
        say!("\n# {}: {}", one.name, one.size);
        say!("{}=$({command}{space}{waits} <<'END_OF_SCRIPT'", one.name);
        say!("{}END_OF_SCRIPT\n)", one.script);
    }
}

/// Builds all of them with one command.
fn build(session: &Session, ready: &[Ready], cuda: bool) -> Result<(), Failure> {
    let workspace = &session.workspace;
    libtorch::provide(workspace, cuda)?;
    let names: Vec<_> = ready.iter().map(|one| one.name).collect();
    if !cargo::build(workspace, &names)?.success() {
        return Err(Failure::new("the build failed; nothing was submitted"));
    }
    for name in names {
        let binary = cargo::binary(workspace, name);
        if !binary.is_file() {
            return Err(Failure::new(format!(
                "the build left no {}; where cargo's target folder is another, name it in CARGO_TARGET_DIR",
                binary.display()
            )));
        }
    }
    Ok(())
}

/// Submits them in their order, and says what was submitted as it goes.
fn submit(session: &Session, options: &[String], ready: &[Ready]) -> Result<(), Failure> {
    let root = session.workspace.root();
    // Slurm makes no folder for what a job prints.
    fs::create_dir_all(root.join(SLURM_LOGS))
        .map_err(|cause| Failure::new(format!("failed to make {SLURM_LOGS}: {cause}")))?;
    let mut submitted: Vec<(&str, String)> = Vec::new();
    let mut waiting = Vec::new();
    for one in ready {
        let prerequisites = one
            .prerequisites
            .iter()
            .filter_map(|earlier| match earlier {
                Prerequisite::Queued(id) => Some(id.to_string()),
                Prerequisite::Submitted(name) => submitted
                    .iter()
                    .find(|(known, _)| known == name)
                    .map(|(_, id)| id.clone()),
            });
        let waits = dependency(&prerequisites.collect::<Vec<_>>());
        let mut arguments = vec!["--parsable".to_owned()];
        arguments.extend(options.iter().cloned());
        arguments.extend(waits.iter().cloned());
        let answer = slurm::output(root, "sbatch", &arguments, &one.script)?;
        // With several clusters it is `17;cluster`; lines of a site's own may come before it.
        let last = answer.trim().lines().last().unwrap_or_default();
        let id = last.split(';').next().unwrap_or_default().trim();
        if id.is_empty() || !id.chars().all(|c| c.is_ascii_digit()) {
            return Err(Failure::new(format!(
                "`sbatch` answered \"{last}\", which is no number of a job; `cargo xp status` shows what was submitted"
            )));
        }
        let after = match waits.first() {
            Some(waits) => format!(", {}", waits.trim_start_matches("--dependency=")),
            None => String::new(),
        };
        say!("job {id}: {}, {}{after}", one.name, one.size);
        submitted.push((one.name, id.to_owned()));
        waiting.extend((!waits.is_empty()).then_some(one.name));
    }
    if !waiting.is_empty() {
        say!(
            "note: any failed task cancels the jobs that depend on it, also where the study is complete; then submit them alone, and the finished search is found: `cargo xp submit {}`",
            waiting.join(" ")
        );
    }
    xp_terminal::next("cargo xp status");
    Ok(())
}
