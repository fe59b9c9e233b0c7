//! Lines for people, in which text of files moves no cursor. A reader that has closed the pipe, as `head` does, is no error.
//!
//! Colours are left out where nobody sees them: in files and pipes, with `NO_COLOR` or `TERM=dumb`; `CLICOLOR` and `CLICOLOR_FORCE` count too.

use std::io::Write;

use xp_spec::printable::printable;

use crate::label::coloured;

/// A line on standard output.
#[macro_export]
macro_rules! say {
    ($($text:tt)*) => {
        $crate::line(&format!($($text)*))
    };
}

/// A line on standard error.
#[macro_export]
macro_rules! complain {
    ($($text:tt)*) => {
        $crate::error_line(&format!($($text)*))
    };
}

/// A line on standard output; [`say!`](crate::say) formats it.
pub fn line(text: &str) {
    write(anstream::stdout().lock(), text);
}

/// A line on standard error; [`complain!`](crate::complain) formats it.
pub fn error_line(text: &str) {
    write(anstream::stderr().lock(), text);
}

/// The command to run next, after a command that succeeded.
pub fn next(command: &str) {
    line(&format!("Next: `{command}`"));
}

/// Colours come after the text's own control characters are escaped.
fn write(mut stream: impl Write, text: &str) {
    let _ = writeln!(stream, "{}", coloured(&printable(text)));
}
