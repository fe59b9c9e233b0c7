//! The address of a study's database, on the first line, and environment variables, one on each line that follows.

use std::collections::BTreeMap;

use xp_postgres::{Environment, Origin, Settings};
use xp_spec::study_url::{check_study_url, without_password};

use super::{secret::shows_password, target::Target};

pub(super) const TARGET: Target = Target {
    name: "study_url",
    shipped: &[],
    start: |_| {
        Box::new(|input| {
            let text = String::from_utf8_lossy(input);
            let (url, variables) = text.split_once('\n').unwrap_or((&text, ""));
            let variables: BTreeMap<_, _> = variables
                .lines()
                .filter_map(|line| line.split_once('='))
                .collect();
            check(url, &variables);
        })
    },
};

fn check(url: &str, variables: &BTreeMap<&str, &str>) {
    let variable = |name: &str| variables.get(name).map(|value| (*value).to_owned());
    let environment = |variable| Environment {
        variable,
        exists: &|_| false,
        account: Some("me".to_owned()),
        home: Some("/home/me".into()),
    };
    let shown = without_password(url);
    assert_eq!(without_password(&shown), shown, "{url:?}");
    match Settings::from_url(url, &environment(&variable)) {
        Ok(settings) => {
            let shown = settings.to_string();
            assert!(!shown.contains(char::is_control), "{shown:?}");
            let again = Settings::from_url(&shown, &environment(&|_| None));
            let again = again.map(|settings| settings.to_string());
            assert_eq!(again, Ok(shown), "an address that is shown is one");
            // What files may have, others may read.
            let of_url = |password: &xp_postgres::Password| *password.origin() == Origin::Url;
            let mut hosts = settings.hosts.iter();
            let has = hosts.any(|host| host.password.as_ref().is_some_and(of_url));
            assert!(
                !has || check_study_url(url).is_err(),
                "{url:?} has a password"
            );
        }
        Err(error) => {
            let text = format!("{error} {error:?}");
            assert!(!shows_password(&text), "{text}");
        }
    }
}
