//! Jobs that have ended, as `sacct` lists them.

use std::path::Path;

/// The fields of a line, in this order. The folder is last, since it alone may have the separator in it.
pub const ACCOUNTING_FIELDS: &str = "JobID,JobName,State,ExitCode,NodeList,WorkDir";

/// A job, or a task of an array, that has ended.
#[derive(Debug, PartialEq, Eq)]
pub struct Ended {
    /// As Slurm writes it.
    pub id: String,
    /// Name of the job, which is that of its experiment.
    pub name: String,
    /// State in capitals, such as COMPLETED.
    pub state: String,
    /// Exit code, as `code:signal`.
    pub exit_code: String,
    /// Where it ran.
    pub nodes: String,
}

/// The jobs of a list that `sacct --parsable2 --noheader` has made, which were submitted from a folder and have ended.
pub fn parse_accounting(text: &str, folder: &Path) -> Vec<Ended> {
    text.lines()
        .filter_map(|line| parse(line, folder))
        .collect()
}

/// A line, where it is of a job from this folder that has ended.
fn parse(line: &str, root: &Path) -> Option<Ended> {
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
    fn jobs_of_the_folder_that_have_ended_are_read() {
        let read = |line| parse_accounting(line, Path::new("/w|x"));
        let [found] = read("17_2|hpo|CANCELLED by 1000|0:15|n1|/w|x\n")
            .try_into()
            .unwrap();
        let found: Ended = found;
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
            assert_eq!(read(line), [], "{line}");
        }
    }
}
