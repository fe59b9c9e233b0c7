//! Addresses of databases that hold a study: what one must be, and how a message shows it. They stand in files, in scripts and in the list of
//! processes, which others read, so none has a password.

/// Longest address, in bytes.
const LONGEST: usize = 2048;
/// Where a password belongs.
const REMEDY: &str =
    "write it to ~/.pgpass, or name a file of that form in PGPASSFILE, or set PGPASSWORD";

/// Whether a study can be at an address and everyone may read it; the message says what is wrong and what to do.
pub fn check_study_url(url: &str) -> Result<(), String> {
    let shown = without_password(url);
    let Some((scheme, rest)) = url.split_once("://") else {
        return Err(format!(
            "`{shown}` is no address of a database, such as postgresql://xp@db.example.org:5432/xp"
        ));
    };
    if !matches!(scheme, "postgresql" | "postgres") {
        return Err(format!(
            "`{shown}` is none of PostgreSQL; write postgresql://user@host:5432/database"
        ));
    }
    if url.len() > LONGEST {
        return Err(format!(
            "the address of the study has {} bytes, more than {LONGEST}",
            url.len()
        ));
    }
    if rest.is_empty() || url.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(format!(
            "`{}` names no database, or has blanks; write postgresql://user@host:5432/database",
            shown.escape_debug()
        ));
    }
    if shown != url {
        return Err(format!(
            "the address of the study, {shown}, has a password, which others could read; {REMEDY}"
        ));
    }
    Ok(())
}

/// An address as messages show it: what may be a password is `***`.
pub fn without_password(url: &str) -> String {
    let (start, rest) = match url.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), url),
    };
    let rest = without_question_mark(rest);
    let (place, query) = match rest.split_once('?') {
        Some((place, query)) => (place, Some(query)),
        None => (rest.as_str(), None),
    };
    // A password may have an unescaped `/` or `@` in it.
    let place = match place.rsplit_once('@') {
        Some((user, host)) => match user.split_once(':') {
            Some((user, _)) => format!("{user}:***@{host}"),
            None => place.to_owned(),
        },
        None => place.to_owned(),
    };
    let Some(query) = query else {
        return start + &place;
    };
    let shown: Vec<_> = query
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((key, _)) if is_secret(key) => format!("{key}=***"),
            _ => pair.to_owned(),
        })
        .collect();
    format!("{start}{place}?{}", shown.join("&"))
}

/// What follows the scheme, where a user or a password has an unescaped `?` in it: without the password. Host and parameters follow the last
/// `@`.
fn without_question_mark(rest: &str) -> String {
    let place = rest.split('?').next().unwrap_or_default();
    if !place.contains('@')
        && let Some((user, host)) = rest.rsplit_once('@')
        && let Some((user, _)) = user.split_once(':')
    {
        return format!("{user}:***@{host}");
    }
    rest.to_owned()
}

/// Whether a parameter of an address is a secret, as libpq has them: `password`, `sslpassword`. A key may be escaped.
fn is_secret(key: &str) -> bool {
    key.contains('%') || key.to_lowercase().contains("password")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_refused_and_not_shown() {
        for (url, shown) in [
            ("postgresql://xp:s3cret@db/xp", "postgresql://xp:***@db/xp"),
            (
                "postgresql://xp:s3c@r/et@db/xp",
                "postgresql://xp:***@db/xp",
            ),
            ("postgresql://xp:s3c?ret@db/xp", "postgresql://xp:***@db/xp"),
            (
                "postgresql://x?p:s3cret@db/xp",
                "postgresql://x?p:***@db/xp",
            ),
            (
                "postgresql://xp:s3c?ret@db/xp?password=s3cret",
                "postgresql://xp:***@db/xp?password=***",
            ),
            (
                "postgresql://db/xp?password=s3cret&sslmode=require",
                "postgresql://db/xp?password=***&sslmode=require",
            ),
            (
                "postgresql://db/xp?p%61ssword=s3cret",
                "postgresql://db/xp?p%61ssword=***",
            ),
        ] {
            assert_eq!(without_password(url), shown);
            let said = check_study_url(url).unwrap_err();
            assert!(
                said.contains("~/.pgpass") && !said.contains("s3c"),
                "{said}"
            );
        }
        for (url, reason) in [
            ("outputs/hpo", "no address"),
            ("mysql://xp:s3cret@db/xp", "none of PostgreSQL"),
            ("postgresql://", "names no database"),
            ("postgresql://db/x\ny", "has blanks"),
        ] {
            let said = check_study_url(url).unwrap_err();
            assert!(said.contains(reason) && !said.contains("s3c"), "{said}");
        }
        assert!(check_study_url(&format!("postgresql://{}", "a".repeat(LONGEST))).is_err());
    }

    #[test]
    fn addresses_without_a_password_are_right() {
        for url in [
            "postgresql://xp@db.example.org:5432/xp",
            "postgres://db/xp?sslmode=require",
            "postgresql://xp@a:5432,b:5433/xp",
            "postgresql:///xp?host=/var/run/postgresql",
        ] {
            assert_eq!(check_study_url(url), Ok(()));
            assert_eq!(without_password(url), url);
        }
    }
}
