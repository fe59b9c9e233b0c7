//! Locks and leases of several processes, all of them in this one, by a clock that the tests move.

use std::{fs, fs::TryLockError, path::PathBuf, sync::Barrier, thread};

use rustix::io::Errno;

use super::*;

mod moved;

/// Lustre without `-o flock`.
const NO_LOCKS: Locking = Locking {
    try_exclusive: |_| Err(TryLockError::Error(Errno::NOSYS.into())),
    try_shared: |_| Err(TryLockError::Error(Errno::NOSYS.into())),
    reach: |_| Reach::Unsupported,
};
/// GPFS on a node of its own: nobody else holds a lock there.
const OTHER_NODE: Locking = Locking {
    try_exclusive: |_| Ok(()),
    try_shared: |_| Ok(()),
    reach: |_| Reach::NodeLocal,
};
/// A file system whose locks exclude everyone.
const LOCKS: Locking = Locking {
    reach: |_| Reach::Holds,
    ..SYSTEM
};

const INTERVAL: Duration = Duration::from_secs(30);
const SILENCE: Duration = Duration::from_secs(90);

/// A folder, and the time there.
struct Place {
    folder: tempfile::TempDir,
    clock: Clock,
}

/// What came of an attempt, and what people were told meanwhile.
struct Attempt {
    result: Result<Option<Lease>, ProcessLockError>,
    told: Vec<String>,
    waited: Duration,
}

impl Place {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            clock: Clock::manual(),
        }
    }

    /// Acquires; `meanwhile` is what others do at each step.
    fn attempt(
        &self,
        locking: &Locking,
        mode: Mode,
        patience: Duration,
        mut meanwhile: impl FnMut() -> bool,
    ) -> Attempt {
        let (mut told, started) = (Vec::new(), self.clock.now());
        let mut on_wait = |text: &str| told.push(text.to_owned());
        let folder = self.folder.path();
        let mut wait = Wait::new(folder, &self.clock, patience, &mut on_wait, &mut meanwhile);
        let result = acquire_with(locking, folder, mode, &mut wait).map(|(_, lease)| lease);
        Attempt {
            result,
            told,
            waited: self.clock.since(started),
        }
    }

    /// A lease that is free.
    fn lease(&self, mode: Mode) -> Lease {
        let attempt = self.attempt(&NO_LOCKS, mode, Duration::ZERO, || false);
        assert!(attempt.told.is_empty(), "{:?}", attempt.told);
        attempt.lease()
    }

    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != FILE)
            .collect();
        names.sort();
        names
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Attempt {
    fn lease(self) -> Lease {
        self.result.unwrap().expect("a lease is needed here")
    }

    fn error(self) -> String {
        self.result.map(|_| "nothing").unwrap_err().to_string()
    }
}

#[test]
fn the_second_is_told_who_holds_it_and_a_freed_one_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::manual();
    let first = ProcessLock::acquire(folder.path(), &clock).unwrap();
    clock.advance(Duration::from_secs(86_400));
    let error = ProcessLock::acquire(folder.path(), &clock)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains(&format!("pid {}", std::process::id()))
            && error.contains("since 2000-01-01T00:00:00Z"),
        "{error}"
    );
    let checked = ProcessLock::check(folder.path()).unwrap_err().to_string();
    assert_eq!(checked, error);
    let shared = ProcessLock::acquire_shared(folder.path(), &clock).unwrap_err();
    assert_eq!(shared.to_string(), error);
    drop(first);
    assert!(ProcessLock::check(folder.path()).is_ok());
    assert!(ProcessLock::check(Path::new("/nowhere")).is_ok());
    assert!(ProcessLock::acquire(folder.path(), &clock).is_ok());
}

#[test]
fn several_share_a_folder_and_one_that_wants_it_alone_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::manual();
    let one = ProcessLock::acquire_shared(folder.path(), &clock).unwrap();
    let other = ProcessLock::acquire_shared(folder.path(), &clock).unwrap();
    assert!(ProcessLock::check(folder.path()).is_ok());
    let error = ProcessLock::acquire(folder.path(), &clock).unwrap_err();
    assert!(
        matches!(&error, ProcessLockError::Shared { holder: Some(holder) } if holder.pid == std::process::id()),
        "{error}"
    );
    drop((one, other));
    assert!(ProcessLock::acquire(folder.path(), &clock).is_ok());
}

#[test]
fn a_lock_that_is_held_for_moments_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::manual();
    for patience in [Duration::from_secs(60), Duration::ZERO] {
        let mut first = Some(ProcessLock::acquire(folder.path(), &clock).unwrap());
        let mut told = Vec::new();
        let second = ProcessLock::acquire_waiting(folder.path(), &clock, patience, |text| {
            told.push(text.to_owned());
            first = None;
        });
        assert_eq!(second.is_ok(), !patience.is_zero());
        assert_eq!(told.len(), usize::from(!patience.is_zero()));
        let is_named = |text: &String| text.contains(&std::process::id().to_string());
        assert!(told.iter().all(is_named), "{told:?}");
    }
}

#[test]
fn locks_that_exclude_everyone_need_no_lease() {
    let place = Place::new();
    let attempt = place.attempt(&LOCKS, Mode::Exclusive, Duration::ZERO, || false);
    assert!(attempt.result.unwrap().is_none());
    assert!(place.files().is_empty());
    assert!(
        flock::check(
            &File::open(place.file(FILE)).unwrap(),
            &place.file(FILE),
            &NO_LOCKS
        )
        .is_ok()
    );
}

#[test]
fn a_lease_that_was_given_up_is_taken_at_once() {
    let place = Place::new();
    for number in 1..=3 {
        let mut lease = place.lease(Mode::Exclusive);
        assert_eq!(place.files(), [format!(".lease.{number}.json")]);
        lease.release();
    }
}

#[test]
fn a_holder_that_renews_its_lease_keeps_it() {
    for locking in [NO_LOCKS, OTHER_NODE, LOCKS] {
        let place = Place::new();
        let mut first = place.lease(Mode::Exclusive);
        let second = place.attempt(&locking, Mode::Exclusive, Duration::ZERO, || {
            assert_eq!(first.poll(), None);
            true
        });
        assert!(second.waited >= INTERVAL && second.waited < INTERVAL * 2);
        let notice = second.told.join("\n");
        assert!(
            notice.contains("up to 90 s") && notice.contains(".lease.1.json"),
            "{notice}"
        );
        let error = second.error();
        assert!(
            error.contains(&format!("pid {}", std::process::id())),
            "{error}"
        );
        assert!(error.contains("it renews its lease"), "{error}");
        assert_eq!(place.files(), [".lease.1.json"]);
    }
}

#[test]
fn the_lease_of_a_dead_holder_is_taken_over_after_three_intervals() {
    let place = Place::new();
    for locking in [NO_LOCKS, OTHER_NODE, LOCKS] {
        // It does not come to give it up.
        drop(place.lease(Mode::Exclusive));
        let second = place.attempt(&locking, Mode::Exclusive, Duration::ZERO, || true);
        assert_eq!(second.waited, SILENCE);
        assert_eq!(second.told.len(), 2, "{:?}", second.told);
        second.lease().release();
    }
    assert_eq!(place.files(), [".lease.6.json"]);
}

#[test]
fn a_living_holder_is_waited_for_as_long_as_asked() {
    let place = Place::new();
    let (clock, started) = (&place.clock, place.clock.now());
    let mut first = place.lease(Mode::Exclusive);
    let given_up = Duration::from_secs(300);
    let second = place.attempt(&NO_LOCKS, Mode::Exclusive, given_up * 2, || {
        if clock.since(started) >= given_up {
            first.release();
        } else {
            assert_eq!(first.poll(), None);
        }
        true
    });
    assert!(second.waited >= given_up && second.waited < given_up + INTERVAL);
    assert_eq!(second.told.len(), 6, "{:?}", second.told);
    second.lease();
    let text = fs::read_to_string(place.file(".lease.2.json")).unwrap();
    assert!(text.contains("\"since\":\"2000-01-01T00:05:0"), "{text}");
}

#[test]
fn a_file_that_nobody_renews_counts_as_a_dead_holder_whatever_it_says() {
    for text in [
        "",
        "{\"pid\":7",
        "\0\0\0",
        "[]",
        "{\"pid\":7,\"host\":\"a\",\"since\":\"b\"}",
    ] {
        let place = Place::new();
        fs::write(place.file(".lease.4.json"), text).unwrap();
        let attempt = place.attempt(&NO_LOCKS, Mode::Exclusive, Duration::ZERO, || true);
        assert_eq!(attempt.waited, SILENCE, "{text}");
        attempt.lease();
        assert_eq!(place.files(), [".lease.5.json"]);
    }
}

#[test]
fn a_holder_that_was_taken_for_dead_is_told() {
    let place = Place::new();
    let mut first = place.lease(Mode::Exclusive);
    let second = place.attempt(&NO_LOCKS, Mode::Exclusive, Duration::ZERO, || true);
    let mut second = second.lease();
    let lost = first.poll().unwrap();
    assert!(lost.contains("has taken over the lease"), "{lost}");
    // It is this process that holds it.
    assert!(ProcessLock::require_not_taken_over(place.folder.path()).is_ok());
    place.clock.advance(INTERVAL);
    assert_eq!(second.poll(), None);
}

#[test]
fn a_lease_file_that_somebody_removes_is_lost_once_another_process_has_one() {
    let place = Place::new();
    let mut first = place.lease(Mode::Exclusive);
    fs::remove_file(place.file(".lease.1.json")).unwrap();
    place.clock.advance(INTERVAL);
    assert_eq!(first.poll(), None);
    let mut second = place.lease(Mode::Exclusive);
    assert_eq!(place.files(), [".lease.1.json"]);
    place.clock.advance(INTERVAL);
    assert_eq!(second.poll(), None);
    assert!(first.poll().is_some());
}

#[test]
fn a_request_to_end_the_run_ends_the_wait() {
    let place = Place::new();
    drop(place.lease(Mode::Exclusive));
    let mut steps = 0;
    let attempt = place.attempt(&NO_LOCKS, Mode::Exclusive, Duration::ZERO, || {
        steps += 1;
        steps < 10
    });
    assert!(matches!(
        attempt.result,
        Err(ProcessLockError::Stopped { .. })
    ));
    assert_eq!(place.files(), [".lease.1.json"]);
}

#[test]
fn leases_are_shared_too() {
    let place = Place::new();
    let mut sharing = [place.lease(Mode::Shared), place.lease(Mode::Shared)];
    assert_eq!(place.files().len(), 2);
    let alone = place.attempt(&OTHER_NODE, Mode::Exclusive, Duration::ZERO, || {
        sharing
            .iter_mut()
            .for_each(|lease| assert_eq!(lease.poll(), None));
        true
    });
    assert!(matches!(
        alone.result,
        Err(ProcessLockError::Shared { holder: Some(_) })
    ));
    // What it had taken meanwhile is free again.
    sharing.iter_mut().for_each(Lease::release);
    place.lease(Mode::Shared).release();
    place.lease(Mode::Exclusive).release();
}

#[test]
fn the_dead_who_shared_a_folder_are_cleared_away() {
    let place = Place::new();
    drop([place.lease(Mode::Shared), place.lease(Mode::Shared)]);
    let alone = place.attempt(&LOCKS, Mode::Exclusive, Duration::ZERO, || true);
    assert_eq!(alone.waited, SILENCE);
    alone.lease();
    assert_eq!(place.files(), [".lease.1.json"]);
}

#[test]
fn one_who_was_taken_for_dead_while_it_shared_is_told() {
    let place = Place::new();
    let mut slow = place.lease(Mode::Shared);
    let alone = place.attempt(&NO_LOCKS, Mode::Exclusive, Duration::ZERO, || true);
    alone.lease();
    let lost = slow.poll().unwrap();
    assert!(lost.contains("took this one for dead"), "{lost}");
}

#[test]
fn one_who_holds_a_folder_alone_is_not_joined_until_it_is_dead() {
    let place = Place::new();
    let mut alone = place.lease(Mode::Exclusive);
    let joining = place.attempt(&NO_LOCKS, Mode::Shared, Duration::ZERO, || {
        assert_eq!(alone.poll(), None);
        true
    });
    assert!(matches!(
        joining.result,
        Err(ProcessLockError::Leased {
            holder: Some(_),
            ..
        })
    ));
    drop(alone);
    let joining = place.attempt(&NO_LOCKS, Mode::Shared, Duration::ZERO, || true);
    assert_eq!(joining.waited, SILENCE);
    joining.lease();
    // The next one need not see again that it is dead.
    place.lease(Mode::Shared);
}

/// Each of many that come at once acquires or would have to wait.
#[test]
fn of_those_that_come_at_once_one_is_alone_or_all_share() {
    const MANY: usize = 8;
    for round in 0..25 {
        let (place, barrier) = (Place::new(), Barrier::new(MANY));
        place.lease(Mode::Exclusive).release();
        let come = |mode| {
            barrier.wait();
            let attempt = place.attempt(&NO_LOCKS, mode, Duration::ZERO, || false);
            (mode, attempt.result.is_ok())
        };
        let all: Vec<(Mode, bool)> = thread::scope(|scope| {
            let threads: Vec<_> = (0..MANY)
                .map(|index| {
                    let is_shared = round % 2 == 0 && index % 2 == 0;
                    let mode = if is_shared {
                        Mode::Shared
                    } else {
                        Mode::Exclusive
                    };
                    scope.spawn(move || come(mode))
                })
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        let count = |mode| all.iter().filter(|one| **one == (mode, true)).count();
        let (alone, together) = (count(Mode::Exclusive), count(Mode::Shared));
        assert!(alone <= 1 && (alone == 0 || together == 0), "{all:?}");
        assert!(round % 2 == 0 || alone == 1, "{all:?}");
    }
}

#[test]
fn a_thread_renews_a_lease_until_it_is_dropped() {
    let place = Place::new();
    let keeper = Keeper::start(place.lease(Mode::Exclusive), |_| {}).unwrap();
    drop(keeper);
    place.lease(Mode::Exclusive).release();

    let taken = place.lease(Mode::Exclusive);
    place.clock.advance(INTERVAL);
    let next =
        r#"{"pid":7,"host":"n2","since":"now","heartbeat":0,"interval":30,"released":false}"#;
    fs::write(place.file(".lease.4.json"), next).unwrap();
    let folder = place.folder.path();
    let refused = ProcessLock::require_not_taken_over(folder).unwrap_err();
    assert!(refused.to_string().contains("(pid 7 on n2"), "{refused}");
    assert!(ProcessLock::require_not_taken_over(&folder.join("absent")).is_ok());
    let (sender, receiver) = std::sync::mpsc::channel();
    let keeper = Keeper::start(taken, move |why| sender.send(why.to_owned()).unwrap()).unwrap();
    let why = receiver.recv().unwrap();
    assert!(why.contains("pid 7 on n2 since now"), "{why}");
    drop(keeper);
    // It is another one's: what it says is left as it is.
    assert_eq!(
        fs::read_to_string(place.file(".lease.4.json")).unwrap(),
        next
    );
}
