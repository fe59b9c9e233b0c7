//! What people are told of a file system whose locks do not exclude everyone.

use super::{flock::Reach, kind::Kind};

/// What follows, and the remedy; absent where locks exclude everyone.
pub(super) fn remark(kind: Kind, reach: Reach, name: &str) -> Option<String> {
    let fact = match reach {
        Reach::Holds => return None,
        Reach::NodeLocal => "file locks do not reach other machines",
        Reach::Unsupported => "file locks are not supported",
        Reach::Unknown => "file locks may not reach other machines",
    };
    let remedy = match kind {
        Kind::Lustre => "; mounted with -o flock it has locks",
        Kind::Nfs => "; mounted without nolock and local_lock it has locks for all machines",
        Kind::BeeGfs => {
            "; tuneUseGlobalFileLocks in its client's file gives locks for all machines"
        }
        _ => "",
    };
    Some(format!(
        "{fact} on {name}: leases are used, and after a crash the next start waits until it has seen that the process is dead{remedy}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remedy_is_named_where_there_is_one() {
        for (kind, reach, expected) in [
            (Kind::Local, Reach::Holds, None),
            (Kind::Nfs, Reach::Holds, None),
            (
                Kind::Lustre,
                Reach::Unsupported,
                Some(
                    "file locks are not supported on X: leases are used, and after a crash the next start waits until it has seen that the process is dead; mounted with -o flock it has locks",
                ),
            ),
            (
                Kind::Gpfs,
                Reach::NodeLocal,
                Some(
                    "file locks do not reach other machines on X: leases are used, and after a crash the next start waits until it has seen that the process is dead",
                ),
            ),
        ] {
            assert_eq!(remark(kind, reach, "X").as_deref(), expected);
        }
    }
}
