//! Settings of URLs and environments, as libpq reads them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use xp_postgres::{
    Address, ChannelBinding, Environment, Origin, Roots, Session, Settings, SettingsError, SslMode,
};

/// Reads a URL in an environment with these variables, an account `me`, a home `/home/me` and these files.
fn read(url: &str, variables: &[(&str, &str)], files: &[&str]) -> Result<Settings, SettingsError> {
    let variables: BTreeMap<_, _> = variables.iter().copied().collect();
    Settings::from_url(
        url,
        &Environment {
            variable: &|name| variables.get(name).map(|value| (*value).to_owned()),
            exists: &|path| files.iter().any(|file| path == Path::new(file)),
            account: Some("me".to_owned()),
            home: Some(PathBuf::from("/home/me")),
        },
    )
}

#[test]
fn urls_are_completed_by_variables_and_then_by_defaults() {
    let socket = "/var/run/postgresql/.s.PGSQL.5432";
    for (url, variables, files, expected) in [
        ("postgresql://", &[][..], &[][..], "me@localhost:5432/me"),
        ("postgres://", &[], &[], "me@localhost:5432/me"),
        (
            "postgresql://",
            &[],
            &[socket],
            "me@%2Fvar%2Frun%2Fpostgresql:5432/me",
        ),
        (
            "postgresql://",
            &[],
            &["/tmp/.s.PGSQL.5432"],
            "me@%2Ftmp:5432/me",
        ),
        ("postgresql://:6000", &[], &[socket], "me@localhost:6000/me"),
        ("postgresql://a", &[], &[socket], "me@a:5432/me"),
        ("postgresql://u:secret@a:1/d", &[], &[], "u@a:1/d"),
        ("postgresql://u@a", &[], &[], "u@a:5432/u"),
        (
            "postgresql:///d?host=/tmp/x&port=7",
            &[],
            &[],
            "me@%2Ftmp%2Fx:7/d",
        ),
        (
            "postgresql://u@%2Ftmp%2Fx:7/d",
            &[],
            &[],
            "u@%2Ftmp%2Fx:7/d",
        ),
        ("postgresql://[::1]:6/d", &[], &[], "me@[::1]:6/d"),
        ("postgresql://[::1]", &[], &[], "me@[::1]:5432/me"),
        ("postgresql://a,b:2,c/d", &[], &[], "me@a:5432,b:2,c:5432/d"),
        ("postgresql://a,b/d?port=9", &[], &[], "me@a:9,b:9/d"),
        (
            "postgresql://a/d",
            &[("PGPORT", "6432")],
            &[],
            "me@a:6432/d",
        ),
        // As libpq: the URL then has two ports, both the default.
        (
            "postgresql://a,b/d",
            &[("PGPORT", "6432")],
            &[],
            "me@a:5432,b:5432/d",
        ),
        (
            "postgresql://",
            &[("PGHOST", "h,i"), ("PGPORT", "1,2")],
            &[],
            "me@h:1,i:2/me",
        ),
        (
            "postgresql://",
            &[("PGUSER", "u"), ("PGDATABASE", "d")],
            &[],
            "u@localhost:5432/d",
        ),
        (
            "postgresql://",
            &[("PGUSER", "u")],
            &[],
            "u@localhost:5432/u",
        ),
        (
            "postgresql://a/?user=u&dbname=d",
            &[("PGUSER", "v")],
            &[],
            "u@a:5432/d",
        ),
        ("postgresql://a/", &[("PGUSER", "")], &[], "me@a:5432/me"),
        (
            "postgresql://a%20b%0a:x@h/d%2Fe%40%1b[0m",
            &[],
            &[],
            "a%20b%0A@h:5432/d%2Fe%40%1B%5B0m",
        ),
        ("postgresql://a/d?", &[], &[], "me@a:5432/d"),
        ("postgresql://a?sslmode=disable&", &[], &[], "me@a:5432/me"),
    ] {
        let settings = read(url, variables, files).unwrap_or_else(|error| panic!("{url}: {error}"));
        assert_eq!(
            settings.to_string(),
            format!("postgresql://{expected}"),
            "{url}"
        );
        let again = read(&settings.to_string(), &[], &[]).unwrap();
        assert_eq!(again.to_string(), settings.to_string());
    }
}

#[test]
fn defaults_notice_a_lost_connection() {
    let settings = read("postgresql://h/d", &[], &[]).unwrap();
    assert_eq!(settings.connect_timeout, Some(Duration::from_secs(10)));
    assert_eq!(settings.application_name, "xp");
    assert_eq!(settings.tls.mode, SslMode::Prefer);
    assert_eq!(settings.session, Session::Any);
    assert_eq!(settings.channel_binding, ChannelBinding::Prefer);
    let keepalive = settings.keepalive;
    assert!(keepalive.is_on);
    assert_eq!(keepalive.idle, Duration::from_secs(30));
    assert_eq!(keepalive.user_timeout, Some(Duration::from_secs(60)));
    let home = PathBuf::from("/home/me/.postgresql");
    assert_eq!(settings.tls.roots, Roots::Default(home.join("root.crt")));
    assert_eq!(settings.tls.key, Some(home.join("postgresql.key")));
    assert_eq!(
        settings.password_file,
        Some(PathBuf::from("/home/me/.pgpass"))
    );
}

#[test]
fn every_parameter_is_understood() {
    let settings = read(
        "postgresql://h/d?connect_timeout=1&application_name=a%20b&options=-c%20x%3D1&keepalives=0\
         &keepalives_idle=5&keepalives_interval=6&keepalives_count=7&tcp_user_timeout=0\
         &target_session_attrs=read-write&channel_binding=require&passfile=/p&sslmode=verify-ca\
         &sslrootcert=/r&sslcert=/c&sslkey=/k&password=hidden",
        &[("PGPASSWORD", "other"), ("PGSSLMODE", "disable")],
        &[],
    )
    .unwrap();
    // As libpq: fewer than 2 s are 2 s.
    assert_eq!(settings.connect_timeout, Some(Duration::from_secs(2)));
    assert_eq!(settings.application_name, "a b");
    assert_eq!(settings.options.as_deref(), Some("-c x=1"));
    assert_eq!(settings.session, Session::ReadWrite);
    assert_eq!(settings.channel_binding, ChannelBinding::Require);
    assert_eq!(settings.password_file, Some(PathBuf::from("/p")));
    let keepalive = settings.keepalive;
    assert!(!keepalive.is_on);
    assert_eq!(keepalive.idle, Duration::from_secs(5));
    assert_eq!(keepalive.interval, Duration::from_secs(6));
    assert_eq!((keepalive.count, keepalive.user_timeout), (7, None));
    let tls = &settings.tls;
    assert_eq!(tls.mode, SslMode::VerifyCa);
    assert_eq!(tls.roots, Roots::Named(PathBuf::from("/r")));
    assert_eq!(tls.certificate, Some(PathBuf::from("/c")));
    assert_eq!(tls.key, Some(PathBuf::from("/k")));
    let password = settings.hosts[0].password.as_ref().unwrap();
    assert_eq!(password.origin(), &Origin::Url);
    assert!(!format!("{settings:?}").contains("hidden"));
}

#[test]
fn variables_have_the_same_parameters() {
    let variables = [
        ("PGPASSWORD", "hidden"),
        ("PGSSLMODE", "require"),
        ("PGSSLROOTCERT", "/r"),
        ("PGSSLCERT", "/c"),
        ("PGSSLKEY", "/k"),
        ("PGCONNECT_TIMEOUT", "0"),
        ("PGPASSFILE", "/p"),
        ("PGAPPNAME", "name"),
    ];
    let settings = read("postgresql://h/d", &variables, &[]).unwrap();
    let password = settings.hosts[0].password.as_ref().unwrap();
    assert_eq!(password.origin(), &Origin::Variable);
    assert_eq!(settings.tls.mode, SslMode::Require);
    assert_eq!(settings.tls.roots, Roots::Named(PathBuf::from("/r")));
    assert!(settings.tls.is_certificate_named && settings.is_password_file_named);
    assert_eq!(settings.connect_timeout, None);
    assert_eq!(settings.application_name, "name");
    assert_eq!(settings.hosts[0].address, Address::Tcp("h".to_owned()));
}

#[test]
fn the_systems_roots_need_the_hosts_name() {
    let settings = read("postgresql://h?sslrootcert=system", &[], &[]).unwrap();
    assert_eq!(settings.tls.mode, SslMode::VerifyFull);
    assert_eq!(settings.tls.roots, Roots::System);
    let weak = "postgresql://h?sslrootcert=system&sslmode=verify-ca";
    assert_eq!(read(weak, &[], &[]), Err(SettingsError::SystemRoots));
}

#[test]
fn what_is_wrong_is_told_by_its_place_and_never_by_its_value() {
    for (url, variables, expected) in [
        ("mysql://u:hidden@h", &[][..], "begins with `postgresql://`"),
        ("hidden", &[], "begins with `postgresql://`"),
        ("postgresql://u:hid@den@h/d", &[], "`%40`"),
        ("postgresql://u:hid/den@h/d", &[], "`%2F`"),
        ("postgresql://u:hid/den?x=y@h/d", &[], "`%40`"),
        (
            "postgresql://u:hid%den@h/d",
            &[],
            "the password in the URL has a `%`",
        ),
        (
            "postgresql://u:hid%ffden@h/d",
            &[],
            "the password in the URL has a `%`",
        ),
        (
            "postgresql://u:hid%00den@h/d",
            &[],
            "the password in the URL has a zero byte",
        ),
        (
            "postgresql://u:hidden",
            &[],
            "port in the URL is not a number from 1 to 65535",
        ),
        (
            "postgresql://u:hidden/d",
            &[],
            "port in the URL is not a number from 1 to 65535",
        ),
        ("postgresql://h:0", &[], "port in the URL"),
        ("postgresql://h:65536", &[], "port in the URL"),
        ("postgresql://::1/d", &[], "host 1 in the URL"),
        ("postgresql://a,[::1/d", &[], "host 2 in the URL"),
        ("postgresql://[::1]x/d", &[], "host 1 in the URL"),
        ("postgresql://a,b,c/d?port=1,2", &[], "3 hosts and 2 ports"),
        ("postgresql://h/d?hidden", &[], "parameter 1 behind the `?`"),
        (
            "postgresql://h/d?sslmod=hidden",
            &[],
            "parameter 1 behind the `?` of the URL, `sslmod`, is not understood; `sslmode` is near",
        ),
        (
            "postgresql://h/d?zzzzzzz=hidden",
            &[],
            "`zzzzzzz`, is not understood; understood are host,",
        ),
        (
            "postgresql://h/d?%1b[2J=x",
            &[],
            "parameter 1 behind the `?` of the URL is not understood",
        ),
        (
            "postgresql://h/d?sslmode=hidden",
            &[],
            "sslmode in the URL is not one of disable, allow",
        ),
        ("postgresql://h/d?dbname=e", &[], "`dbname` twice"),
        (
            "postgresql://u:a@h/d?password=hidden",
            &[],
            "`password` twice",
        ),
        (
            "postgresql://h/d?connect_timeout=hidden",
            &[],
            "connect_timeout in the URL is not a number",
        ),
        (
            "postgresql://h/d?keepalives_idle=-1",
            &[],
            "keepalives_idle in the URL",
        ),
        (
            "postgresql://h/d?target_session_attrs=primary",
            &[],
            "one of any, read-write, read-only",
        ),
        (
            "postgresql://h",
            &[("PGPORT", "hidden")],
            "PGPORT is not a number from 1 to 65535",
        ),
        (
            "postgresql://h",
            &[("PGSSLMODE", "hidden")],
            "PGSSLMODE is not one of",
        ),
        (
            "postgresql://h",
            &[("PGPASSWORD", "hid\0den")],
            "PGPASSWORD has a zero byte",
        ),
    ] {
        let error = read(url, variables, &[]).unwrap_err();
        for text in [error.to_string(), format!("{error:?}")] {
            assert!(
                !text.contains("hid") && !text.contains("den"),
                "{url}: {text}"
            );
        }
        assert!(error.to_string().contains(expected), "{url}: {error}");
    }
}

#[test]
fn the_process_has_an_account_and_a_home() {
    let environment = Environment::of_process();
    assert!(environment.account.is_some_and(|name| !name.is_empty()));
    assert!(environment.home.is_some_and(|folder| folder.is_absolute()));
    assert!((environment.exists)(Path::new("/")));
    assert_eq!((environment.variable)("XP_NO_SUCH_VARIABLE"), None);
    // The URL has a password, so that no file is read.
    let (settings, warnings) = Settings::of_process("postgresql://u:hidden@h:1/d").unwrap();
    assert_eq!(settings.to_string(), "postgresql://u@h:1/d");
    assert!(warnings.is_empty(), "{warnings:?}");
}
