//! The PID namespace of this process: where it differs, the same process id is another process. It looks at no other process.

use std::{fs, os::unix::fs::MetadataExt as _};

/// Number of the namespace, unique on a running kernel: the inode of `/proc/self/ns/pid`, see pid_namespaces(7). Absent where the system
/// provides none.
pub fn pid_namespace() -> Option<u64> {
    let metadata = fs::metadata("/proc/self/ns/pid").ok()?;
    Some(metadata.ino())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_number_that_the_link_names() {
        let link = fs::read_link("/proc/self/ns/pid").ok();
        let named = link.map(|link| link.display().to_string());
        let number = pid_namespace().map(|number| format!("pid:[{number}]"));
        assert_eq!(number, named);
    }
}
