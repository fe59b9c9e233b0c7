//! Lines for people, in which text of files moves no cursor. A reader that has closed the pipe, as `head` does, is no error.

/// A line on standard output.
macro_rules! say {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        let text = xp_spec::printable::printable(&format!($($text)*));
        let _ = writeln!(std::io::stdout(), "{text}");
    }};
}

/// A line on standard error.
macro_rules! complain {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        let text = xp_spec::printable::printable(&format!($($text)*));
        let _ = writeln!(std::io::stderr(), "{text}");
    }};
}
