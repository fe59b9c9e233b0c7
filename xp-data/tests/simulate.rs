//! Simulated markets as data sets: made, built, verified and refused like any other, and tied to the parameters that their truth rests on.

#![allow(clippy::unwrap_used, reason = "a test may state what it believes")]

mod sandbox;

use std::fs;

use sandbox::Sandbox;
use xp_clock::Clock;
use xp_data::{
    DataError, Hashing,
    build::build,
    import::import,
    simulate::{Request, Simulated, simulate},
    verify::verify,
};
use xp_spec::market::SimulatedMarket;

fn request(name: &str, days: u32) -> Request {
    Request {
        name: name.to_owned(),
        market: SimulatedMarket {
            days,
            ..SimulatedMarket::default()
        },
        first: "1990-01-01".parse().unwrap(),
        replace: false,
        dry_run: false,
    }
}

fn made(sandbox: &Sandbox, request: &Request) -> Result<Simulated, DataError> {
    simulate(&sandbox.workspace(), request)
}

fn built(sandbox: &Sandbox, name: &str) -> Result<(), DataError> {
    build(&sandbox.workspace(), name, &mut |_, _| {})?;
    verify(
        &sandbox.workspace(),
        name,
        Hashing::Cached,
        &Clock::system(),
    )
    .map(|_| ())
}

#[test]
fn a_simulated_market_is_a_data_set_like_any_other() {
    let sandbox = Sandbox::empty();
    let made_first = made(&sandbox, &request("market_daily", 700)).unwrap();
    assert_eq!((made_first.entry.rows, made_first.closes.len()), (700, 700));
    assert_eq!(made_first.entry.last, "1992-09-04");
    built(&sandbox, "market_daily").unwrap();
    let entry = sandbox.workspace().manifest().unwrap().raw["market_daily"].clone();
    assert_eq!(entry.simulated, Some(request("", 700).market));
    // The same once more changes nothing, not even what people have noted.
    sandbox.edit_manifest("simulated:", "notes: [ mine ]\n    simulated:");
    made(&sandbox, &request("market_daily", 700)).unwrap();
    let again = sandbox.workspace().manifest().unwrap().raw["market_daily"].clone();
    assert_eq!(
        (again.md5, again.notes),
        (entry.md5, vec!["mine".to_owned()])
    );
}

#[test]
fn what_would_make_its_truth_false_is_refused_and_nothing_is_written() {
    let sandbox = Sandbox::empty();
    made(&sandbox, &request("market_daily", 1400)).unwrap();
    built(&sandbox, "market_weekly").unwrap();
    let before = sandbox.files();
    let refused = |request: &Request, part: &str| {
        for dry_run in [true, false] {
            let request = Request {
                dry_run,
                ..request.clone()
            };
            let message = made(&sandbox, &request).unwrap_err().to_string();
            assert!(message.contains(part), "{message}");
        }
        assert_eq!(sandbox.files(), before, "{part}");
    };
    refused(&request("market_daily", 1401), "with other prices");
    refused(
        &request("market_weekly", 700),
        "is made from `market_daily`; choose another name",
    );
    refused(&request("Market", 700), "is not a name of a data set");
    let late = Request {
        first: "9999-12-20".parse().unwrap(),
        ..request("late", 700)
    };
    refused(&late, "do not end before the year 10000");
    let mut loud = request("loud", 700);
    loud.market.signal = 1.5;
    refused(
        &loud,
        "`signal` of a simulated market is 1.5, expected 0 to 1",
    );

    let good = fs::read_to_string(sandbox.path("data/manifest.yaml")).unwrap();
    for (from, to, part) in [
        (
            "seed: 1",
            "seed: 2",
            "does not have the bars of the simulated market",
        ),
        (
            "signal: 0.5",
            "signal: 0.6",
            "does not have the bars of the simulated market",
        ),
        ("signal: 0.5", "signal: 7.0", "expected 0 to 1"),
        (
            "simulated:",
            "from: \"1990-02-01\"\n    simulated:",
            "used from its first bar on",
        ),
    ] {
        sandbox.edit_manifest(from, to);
        let message = built(&sandbox, "market_daily").unwrap_err().to_string();
        assert!(message.contains(part), "{message}");
        sandbox.put("data/manifest.yaml", &good);
    }
    assert!(built(&sandbox, "market_daily").is_ok());
}

/// An import of that name loses the parameters together with the prices, which are renamed.
#[test]
fn a_replaced_market_is_simulated_no_more() {
    let sandbox = Sandbox::empty();
    made(&sandbox, &request("market_daily", 700)).unwrap();
    sandbox.put("walk.csv", &xp_test_support::walk(700, 1));
    let import_request = xp_data::import::Request {
        replace: true,
        ..sandbox::request("market_daily")
    };
    let report = import(
        &sandbox.workspace(),
        &sandbox.path("walk.csv"),
        &import_request,
    )
    .unwrap();
    assert!(sandbox.path(&report.moved.unwrap()).exists());
    assert_eq!(
        sandbox.workspace().manifest().unwrap().raw["market_daily"].simulated,
        None
    );
    built(&sandbox, "market_daily").unwrap();
}
