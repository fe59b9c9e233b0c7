//! A URL of a server is taken apart, as libpq does: `postgresql://[user[:password]@][host[:port][,…]][/dbname][?name=value[&…]]`.

use percent_encoding::percent_decode_str;

use crate::{parameters::Parameters, settings_error::SettingsError};

const SCHEMES: [&str; 2] = ["postgresql://", "postgres://"];

/// The parameters that a URL has.
pub(crate) fn parse(url: &str) -> Result<Parameters, SettingsError> {
    let rest = SCHEMES.iter().find_map(|scheme| url.strip_prefix(scheme));
    let rest = rest.ok_or(SettingsError::Scheme)?;
    let mut parameters = Parameters::default();
    let end_of_account = rest.find(['@', '/']);
    let rest = match end_of_account.and_then(|at| rest.split_at_checked(at)) {
        Some((account, behind)) if behind.starts_with('@') => {
            let (user, password) = account.split_once(':').unwrap_or((account, ""));
            parameters.take("user", decoded(user, "user")?)?;
            parameters.take("password", decoded(password, "password")?)?;
            behind.strip_prefix('@').unwrap_or(behind)
        }
        _ => rest,
    };
    // Before anything below may be quoted: it could be the end of a password that has a `/` or an `@`.
    if rest.contains('@') {
        return Err(SettingsError::At);
    }
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (hosts, database) = rest.split_once('/').unwrap_or((rest, ""));
    let count = take_hosts(hosts, &mut parameters)?;
    parameters.take("dbname", decoded(database, "database")?)?;
    for (index, pair) in query.split('&').enumerate() {
        // An `&` at the end, or no parameter at all.
        if pair.is_empty() {
            continue;
        }
        let number = index + 1;
        let (name, value) = pair.split_once('=').ok_or(SettingsError::Pair { number })?;
        let name = decoded(name, "name of a parameter")?;
        parameters.take_named(&name, decoded(value, "value of a parameter")?, number)?;
    }
    // As libpq: several hosts without ports have the default's, whatever PGPORT says.
    if count > 1 && !parameters.has("port") {
        parameters.take("port", ",".repeat(count - 1))?;
    }
    Ok(parameters)
}

/// Takes lists of hosts and ports, parted by commas: how many hosts.
fn take_hosts(text: &str, parameters: &mut Parameters) -> Result<usize, SettingsError> {
    let (mut hosts, mut ports) = (Vec::new(), Vec::new());
    for (index, entry) in text.split(',').enumerate() {
        let (host, port) = apart(entry).ok_or(SettingsError::Host { number: index + 1 })?;
        hosts.push(decoded(host, "host")?);
        ports.push(decoded(port, "port")?);
    }
    if ports.iter().any(|port| !port.is_empty()) {
        parameters.take("port", ports.join(","))?;
    }
    parameters.take("host", hosts.join(","))?;
    Ok(hosts.len())
}

/// Host and port, which may be empty; absent where it is neither.
fn apart(entry: &str) -> Option<(&str, &str)> {
    if let Some(address) = entry.strip_prefix('[') {
        let (host, behind) = address.split_once(']')?;
        return match behind {
            "" => Some((host, "")),
            _ => Some((host, behind.strip_prefix(':')?)),
        };
    }
    match entry.split_once(':') {
        Some((_, port)) if port.contains(':') => None,
        Some(both) => Some(both),
        None => Some((entry, "")),
    }
}

fn decoded(text: &str, part: &'static str) -> Result<String, SettingsError> {
    let refused = || SettingsError::Percent { part };
    // The crate leaves a `%` without digits as it is.
    for behind in text.split('%').skip(1) {
        let digits = behind.bytes().take(2).filter(u8::is_ascii_hexdigit);
        if digits.count() != 2 {
            return Err(refused());
        }
    }
    let decoded = percent_decode_str(text).decode_utf8();
    let decoded = decoded.map_err(|_| refused())?.into_owned();
    if decoded.contains('\0') {
        let place = format!("{part} in the URL");
        return Err(SettingsError::Zero { place });
    }
    Ok(decoded)
}
