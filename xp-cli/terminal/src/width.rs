//! How wide the output may be.

use terminal_size::{Width, terminal_size_of};

/// Columns of the terminal that shows standard output, else those of the variable `COLUMNS`; absent where lines may have any length, as in
/// a file.
pub fn width() -> Option<usize> {
    let of_terminal = terminal_size_of(std::io::stdout()).map(|(Width(columns), _)| columns.into());
    // Some terminals do not know how wide they are.
    of_terminal
        .filter(|columns| *columns > 0)
        .or_else(|| std::env::var("COLUMNS").ok()?.parse().ok())
        .filter(|columns| *columns > 0)
}
