//! Jobs that have ended, by `sacct`, on sites that account for jobs. On others there is none, which is no error.

use std::path::Path;

use super::program::quiet_output;

/// How far back is looked.
const SINCE: &str = "now-7days";

/// A job, or a task of an array, that has ended.
#[derive(Debug, PartialEq)]
pub(crate) struct Ended {
    /// As Slurm writes it.
    pub(crate) id: String,
    /// Name of the job, which is that of its experiment.
    pub(crate) name: String,
    /// State in capitals, such as COMPLETED.
    pub(crate) state: String,
    /// Exit code, as `code:signal`.
    pub(crate) exit_code: String,
    /// Where it ran.
    pub(crate) nodes: String,
}

/// The jobs of the last week that were submitted from a workspace; absent where the site accounts for none.
pub(crate) fn ended(root: &Path) -> Option<Vec<Ended>> {
    let since = format!("--starttime={SINCE}");
    let arguments = [
        "--noheader",
        "--parsable2",
        "--allocations",
        &since,
        "--format=JobID,JobName,State,ExitCode,NodeList,WorkDir",
    ];
    let text = quiet_output(root, "sacct", &arguments)?;
    let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    Some(text.lines().filter_map(|line| parse(line, &root)).collect())
}

/// A line, where it is of a job of the workspace that has ended.
fn parse(line: &str, root: &Path) -> Option<Ended> {
    // The folder is last, since it alone may have the separator in it.
    let mut fields = line.splitn(6, '|');
    let mut next = || fields.next().map(ToOwned::to_owned);
    let (id, name, state, exit_code, nodes, folder) =
        (next()?, next()?, next()?, next()?, next()?, next()?);
    // `CANCELLED by 1000`.
    let state = state.split(' ').next().unwrap_or_default().to_owned();
    let lives = ["PENDING", "RUNNING", "REQUEUED", "SUSPENDED", "RESIZING"];
    let is_of = Path::new(&folder) == root && !lives.contains(&state.as_str());
    is_of.then_some(Ended {
        id,
        name,
        state,
        exit_code,
        nodes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_of_the_workspace_that_have_ended_are_read() {
        let root = Path::new("/w|x");
        let read = |line| parse(line, root);
        let found = read("17_2|hpo|CANCELLED by 1000|0:15|n1|/w|x").unwrap();
        assert_eq!(
            (&*found.id, &*found.state, &*found.nodes),
            ("17_2", "CANCELLED", "n1")
        );
        for line in [
            "17_2|hpo|RUNNING|0:0|n1|/w|x",
            "17_2|hpo|COMPLETED|0:0|n1|/w",
            "17_2|hpo|COMPLETED",
            "",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
