//! Folders that are moved aside while others hold their locks, or wait for them.

use super::*;

#[test]
fn a_folder_that_is_moved_aside_is_not_lost_to_the_new_one() {
    let place = Place::new();
    let folder = place.folder.path().join("a");
    let acquire = || {
        let (mut on_wait, mut goes_on) = (|_: &str| {}, || false);
        let clock = &place.clock;
        let mut wait = Wait::new(&folder, clock, Duration::ZERO, &mut on_wait, &mut goes_on);
        let (_, lease) = acquire_with(&NO_LOCKS, &folder, Mode::Exclusive, &mut wait).unwrap();
        lease.unwrap()
    };
    let mut old = acquire();
    let aside = place.folder.path().join("b");
    fs::rename(&folder, &aside).unwrap();
    let mut new = acquire();
    place.clock.advance(INTERVAL);
    assert_eq!((old.poll(), new.poll()), (None, None));
    old.release();
    let text = fs::read_to_string(aside.join(".lease.1.json")).unwrap();
    assert!(
        text.contains("\"heartbeat\":1") && text.contains("\"released\":true"),
        "{text}"
    );
}

/// A changed experiment's folder is moved aside by who holds it, while another process waits for the lock.
#[test]
fn one_that_waits_gets_the_lock_of_the_folder_that_is_there_at_the_end() {
    for releases in [true, false] {
        let place = Place::new();
        let (folder, aside) = (place.file("a"), place.file("b"));
        let mut first = Some(ProcessLock::acquire(&folder, &place.clock).unwrap());
        let patience = Duration::from_secs(60);
        let second = ProcessLock::acquire_waiting(&folder, &place.clock, patience, |_| {
            fs::rename(&folder, &aside).unwrap();
            fs::create_dir(&folder).unwrap();
            if releases {
                first = None;
            }
        });
        let second = second.unwrap();
        let third = ProcessLock::acquire(&folder, &place.clock).unwrap_err();
        assert!(matches!(third, ProcessLockError::Held { .. }), "{third}");
        // The lock of what was moved aside is not this one's.
        assert_eq!(ProcessLock::acquire(&aside, &place.clock).is_ok(), releases);
        drop(second);
        assert!(ProcessLock::acquire(&folder, &place.clock).is_ok());
    }
}

#[test]
fn one_that_waits_gets_the_lease_of_the_folder_that_is_there_at_the_end() {
    for locking in [NO_LOCKS, OTHER_NODE] {
        let place = Place::new();
        let (folder, aside) = (place.file("a"), place.file("b"));
        let acquire = |goes_on: &mut dyn FnMut() -> bool| {
            let (mut on_wait, clock) = (|_: &str| {}, &place.clock);
            let mut wait = Wait::new(&folder, clock, Duration::ZERO, &mut on_wait, goes_on);
            acquire_with(&locking, &folder, Mode::Exclusive, &mut wait).map(|(_, lease)| lease)
        };
        let mut first = acquire(&mut || false).unwrap().unwrap();
        let mut is_moved = false;
        let second = acquire(&mut || {
            if !is_moved {
                fs::rename(&folder, &aside).unwrap();
                fs::create_dir(&folder).unwrap();
                is_moved = true;
            }
            true
        });
        let mut second = second.unwrap().unwrap();
        let third = acquire(&mut || false);
        assert!(matches!(third, Err(ProcessLockError::Stopped { .. })));
        place.clock.advance(INTERVAL);
        assert_eq!((first.poll(), second.poll()), (None, None));
    }
}
