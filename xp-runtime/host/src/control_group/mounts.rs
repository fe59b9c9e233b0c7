//! The kernel's list of mounts, `/proc/self/mountinfo`: where a hierarchy of control groups is.

/// A mounted hierarchy.
pub(super) struct Mount {
    /// The part of it that is mounted.
    pub(super) root: String,
    /// Where.
    pub(super) point: String,
}

/// The mount of a type, with an option of its own: `36 35 98:0 /root /point rw - type source options`, with more fields before the dash.
pub(super) fn mount(text: &str, kind: &str, option: Option<&str>) -> Option<Mount> {
    text.lines().find_map(|line| {
        let (before, after) = line.split_once(" - ")?;
        let mut after = after.split(' ');
        let is_kind = after.next()? == kind;
        let options = after.nth(1).unwrap_or_default();
        let has_option = option.is_none_or(|option| options.split(',').any(|one| one == option));
        let mut fields = before.split(' ').skip(3);
        (is_kind && has_option).then(|| {
            Some(Mount {
                root: unescaped(fields.next()?),
                point: unescaped(fields.next()?),
            })
        })?
    })
}

/// The kernel writes blanks and backslashes in its lists of mounts as `\040`, `\134`: in octal.
fn unescaped(field: &str) -> String {
    let mut parts = field.split('\\');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let code = part
            .get(..3)
            .and_then(|code| u8::from_str_radix(code, 8).ok());
        match code {
            Some(code) => {
                text.push(char::from(code));
                text.push_str(part.get(3..).unwrap_or_default());
            }
            None => {
                text.push('\\');
                text.push_str(part);
            }
        }
    }
    text
}
