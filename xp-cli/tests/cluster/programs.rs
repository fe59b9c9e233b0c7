//! A workspace with stand-ins for the programs that commands start: what they are called with is written to a file.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use crate::place::Place;

/// A workspace, and a folder of programs that is all that its commands find.
pub(crate) struct Cluster {
    pub(crate) place: Place,
}

/// Notes the call, then does what follows.
const NOTE: &str =
    "#!/bin/sh\ncalls='CALLS'\nPATH=/usr/bin:/bin\necho \"${0##*/} $*\" >> \"$calls\"\n";
/// Keeps the script that it is given, and answers with a number.
const SBATCH: &str =
    "n=$(grep -c '^sbatch' \"$calls\")\ncat > \"${calls%calls}script-$n\"\necho \"$((100 + n))\"\n";
/// Makes binaries of those that it shall build.
const CARGO: &str = "[ \"$1\" = build ] || exit 1
mkdir -p target/debug
for name; do
    [ \"$before\" = --bin ] && cp \"${calls%calls}binary\" target/debug/$name
    before=$name
done
exit 0
";

impl Cluster {
    /// One of searches and trainings of 2M for two tasks.
    pub(crate) fn new() -> Self {
        let cluster = Self {
            place: Place::keeping("_2M_threshold_"),
        };
        for file in [
            "lib/libtorch_cpu.so",
            "lib/libc10.so",
            "lib/libtorch.so",
            "include/torch/csrc/api/include/torch/torch.h",
        ] {
            cluster.write(&format!("libtorch/{file}"), "");
        }
        cluster.write("bin/calls", "");
        cluster.binary("exit 0\n");
        cluster.program("sbatch", SBATCH);
        cluster.program("scancel", "");
        cluster.program("squeue", "cat \"${calls%calls}queue\"\n");
        cluster.program("cargo", CARGO);
        cluster.queue("");
        cluster
    }

    /// Adds a program, of which this is what follows its note.
    pub(crate) fn program(&self, name: &str, script: &str) {
        let calls = self.place.path("bin/calls");
        let note = NOTE.replace("CALLS", calls.to_str().unwrap());
        self.executable(&format!("bin/{name}"), &(note + script));
    }

    /// What a build makes of every experiment: a shell script.
    pub(crate) fn binary(&self, script: &str) {
        self.executable("bin/binary", &format!("#!/bin/sh\n{script}"));
    }

    /// The jobs of the queue, each an object of JSON without its user and folder.
    pub(crate) fn queue(&self, jobs: &str) {
        use std::os::unix::fs::MetadataExt as _;
        let root = self.place.path("").canonicalize().unwrap();
        let user = fs::metadata(&root).unwrap().uid();
        let here = format!(
            "\"user_id\": {user}, \"current_working_directory\": \"{}\"",
            root.display()
        );
        let jobs = jobs.replace("HERE", &here);
        self.write("bin/queue", &format!("{{\"jobs\": [{jobs}]}}"));
    }

    /// Exit code and output of a command.
    pub(crate) fn xp(&self, arguments: &str) -> (i32, String) {
        let words: Vec<_> = arguments.split_whitespace().collect();
        self.xp_with(&words, &[])
    }

    /// The same with variables of the environment.
    pub(crate) fn xp_with(&self, words: &[&str], variables: &[(&str, &str)]) -> (i32, String) {
        let text = |path: &str| self.place.path(path).to_str().unwrap().to_owned();
        let (programs, cargo, libtorch) = (text("bin"), text("bin/cargo"), text("libtorch"));
        let mut all = vec![
            ("PATH", programs.as_str()),
            ("CARGO", &cargo),
            ("LIBTORCH", &libtorch),
            ("CARGO_TARGET_DIR", "target"),
            ("XP_STUDY", ""),
        ];
        all.extend(variables);
        self.place.xp_with(words, &all)
    }

    /// How programs were called, a line each.
    pub(crate) fn calls(&self) -> Vec<String> {
        let text = fs::read_to_string(self.place.path("bin/calls")).unwrap();
        text.lines().map(ToOwned::to_owned).collect()
    }

    /// The script that the n-th call of `sbatch` was given.
    pub(crate) fn script(&self, n: usize) -> String {
        fs::read_to_string(self.place.path(&format!("bin/script-{n}"))).unwrap()
    }

    /// Writes a file of the workspace.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.place.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn executable(&self, path: &str, text: &str) {
        self.write(path, text);
        executable(&self.place.path(path));
    }
}

/// Lets a file be run.
fn executable(path: &Path) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}
