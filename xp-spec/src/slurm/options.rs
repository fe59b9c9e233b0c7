//! Names and options of `sbatch`, checked before they stand in a script or on its command line.

/// Longest name or option, in bytes.
const LONGEST: usize = 1024;
/// Options of `sbatch` by which jobs are found again, or that would submit something else.
const OWN_OPTIONS: [(&str, &str); 8] = [
    ("--job-name", "-J"),
    ("--array", "-a"),
    ("--chdir", "-D"),
    ("--dependency", "-d"),
    ("--wait", "-W"),
    ("--wrap", "--wrap"),
    ("--parsable", "--parsable"),
    ("--test-only", "--test-only"),
];

/// Whether a text may be the name of a partition, an account or a module.
pub fn check_name(name: &str) -> Result<(), String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_.,+:@/=-".contains(c);
    if !name.is_empty()
        && name.len() <= LONGEST
        && name.chars().all(is_part)
        && !name.starts_with('-')
    {
        return Ok(());
    }
    Err(format!(
        "\"{}\" is no name: letters, digits and `_.,+:@/=-`, without blanks",
        name.chars().take(80).collect::<String>().escape_debug()
    ))
}

/// Whether these may be options of `sbatch`: none is a script of its own, and none is set by `cargo xp submit`.
pub fn check_options<S: AsRef<str>>(options: &[S]) -> Result<(), String> {
    let mut previous = "";
    for option in options.iter().map(AsRef::as_ref) {
        let shown = option.chars().take(80).collect::<String>();
        if option.chars().any(char::is_control) || option.len() > LONGEST {
            return Err(format!(
                "\"{}\" is too long for an option, or has control characters",
                shown.escape_debug()
            ));
        }
        let is_value = previous.starts_with('-') && !previous.contains('=');
        if !option.starts_with('-') && !is_value {
            return Err(format!(
                "`{shown}` is no option of sbatch, which would take it for a script; write options as --name=value"
            ));
        }
        let name = option.split('=').next().unwrap_or_default();
        let own = OWN_OPTIONS.iter().find(|(long, short)| {
            let is_short = short.len() == 2 && !name.starts_with("--") && name.starts_with(short);
            // Slurm takes beginnings of names for them.
            is_short || name == *short || (name.len() > 4 && long.starts_with(name))
        });
        if let Some((long, _)) = own {
            return Err(format!(
                "`{shown}` cannot be given: `cargo xp submit` itself decides on {long}"
            ));
        }
        previous = option;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_a_script_would_read_otherwise_are_refused() {
        for name in ["main", "gpu,long", "gcc/13", "my-project"] {
            assert_eq!(check_name(name), Ok(()));
        }
        for name in ["", "a b", "a\n#SBATCH --uid=0", "$(id)", "-x", "a;b", "ä"] {
            assert!(check_name(name).is_err(), "{name}");
        }
    }

    #[test]
    fn options_that_would_submit_something_else_are_refused() {
        let check = |options: &[&str]| check_options(options);
        assert_eq!(
            check(&["--constraint=avx512", "-C", "avx512", "-n1"]),
            Ok(())
        );
        for (options, reason) in [
            (&["script.sh"][..], "take it for a script"),
            (&["--qos=high", "script.sh"], "take it for a script"),
            (&["--job-name=x"], "decides on --job-name"),
            (&["--job-n", "x"], "decides on --job-name"),
            (&["-Jx"], "decides on --job-name"),
            (&["-a", "1-3"], "decides on --array"),
            (&["--wrap=id"], "decides on --wrap"),
            (&["--comment=a\nb"], "control characters"),
        ] {
            let said = check(options).unwrap_err();
            assert!(said.contains(reason), "{options:?}: {said}");
        }
    }
}
