//! What must not be in a report that is shown to others: names of the user and of the machine, and passwords in addresses.

use std::fs;

/// Names to replace.
#[derive(Debug, Default)]
pub(super) struct Redaction {
    home: Option<String>,
    /// The user's and the machine's name, each with what is written instead.
    names: Vec<(String, &'static str)>,
}

impl Redaction {
    /// The names of this user and this machine.
    pub(super) fn of_this_machine() -> Self {
        let home = std::env::home_dir().map(|home| home.to_string_lossy().into_owned());
        let of_home = home.as_deref().and_then(|home| home.rsplit('/').next());
        let users = ["USER", "LOGNAME", "SUDO_USER"].map(|name| std::env::var(name).ok());
        let users = users
            .into_iter()
            .flatten()
            .chain(of_home.map(ToOwned::to_owned));
        let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let mut names: Vec<(String, &'static str)> = users.map(|user| (user, "USER")).collect();
        names.push((host.trim().to_owned(), "HOST"));
        // The administrator's name says nothing, and is part of many words.
        names.retain(|(name, _)| name.len() > 1 && name != "root");
        Self {
            home: home.filter(|home| home.len() > 1),
            names,
        }
    }

    /// A text without them.
    pub(super) fn apply(&self, text: &str) -> String {
        let mut text = without_credentials(text);
        if let Some(home) = &self.home {
            text = text.replace(home, "~");
        }
        for (name, instead) in &self.names {
            text = replace_word(&text, name, instead);
        }
        text
    }
}

/// Replaces a name where it stands alone, as in a path.
fn replace_word(text: &str, name: &str, instead: &str) -> String {
    let is_border = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    let mut replaced = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(name) {
        let (before, found) = rest.split_at(at);
        let after = found.get(name.len()..).unwrap_or_default();
        let previous = before
            .chars()
            .next_back()
            .or_else(|| replaced.chars().next_back());
        replaced.push_str(before);
        let alone = is_border(previous) && is_border(after.chars().next());
        replaced.push_str(if alone { instead } else { name });
        rest = after;
    }
    replaced + rest
}

/// `https://user:password@host` without user and password.
fn without_credentials(text: &str) -> String {
    let mut parts = text.split("://");
    let mut clean = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(['/', ' ', '\n', '"']).unwrap_or(part.len());
        let (address, rest) = part.split_at(end);
        let host = address.rsplit('@').next().unwrap_or_default();
        clean.push_str("://");
        clean.push_str(host);
        clean.push_str(rest);
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_passwords_are_left_out() {
        let redaction = Redaction {
            home: Some("/home/ada".to_owned()),
            names: vec![("ada".to_owned(), "USER"), ("box7".to_owned(), "HOST")],
        };
        for (text, expected) in [
            ("/home/ada/work", "~/work"),
            ("/mnt/ada/x and ada", "/mnt/USER/x and USER"),
            ("adapter of box7", "adapter of HOST"),
            ("http://ada:secret@host:8080/x", "http://host:8080/x"),
        ] {
            assert_eq!(redaction.apply(text), expected);
        }
    }
}
