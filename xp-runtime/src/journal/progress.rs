//! Progress at the bottom of a terminal: a row for each worker and one for the whole, redrawn in place and as wide as the terminal is. Nothing
//! is left behind when the rows go, and lines are printed above them. Where there is no terminal, or a dumb one, nothing is shown.

use std::sync::{Arc, Mutex, PoisonError};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use xp_spec::printable::printable;

/// What a worker does, or how far the whole is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    /// What it is about: `trial 7`, `seed 2`, `search`.
    pub(crate) subject: String,
    /// How much is done, and of how much; absent where no share is known.
    pub(crate) share: Option<(u64, u64)>,
    /// What else is known, separated by commas.
    pub(crate) text: String,
}

/// The rows that are shown.
#[derive(Debug, Clone)]
pub(super) struct Progress {
    all: MultiProgress,
    bars: Arc<Mutex<Vec<ProgressBar>>>,
}

impl Progress {
    /// No rows yet.
    pub(super) fn on(target: ProgressDrawTarget) -> Self {
        Self {
            all: MultiProgress::with_draw_target(target),
            bars: Arc::default(),
        }
    }

    /// Shows these rows in place of those before.
    pub(super) fn show(&self, rows: &[Row]) {
        let mut bars = self.bars.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = rows.len().min(bars.len());
        for bar in bars.drain(kept..) {
            bar.finish_and_clear();
            self.all.remove(&bar);
        }
        for _ in bars.len()..rows.len() {
            bars.push(self.all.add(ProgressBar::no_length()));
        }
        for (bar, row) in bars.iter().zip(rows) {
            bar.set_style(style(row.share.is_some()));
            let (done, of) = row.share.unwrap_or_default();
            bar.update(|state| {
                state.set_pos(done);
                state.set_len(of);
            });
            bar.set_prefix(in_a_row(&row.subject));
            bar.set_message(in_a_row(&row.text));
        }
    }

    /// Prints something above the rows.
    pub(super) fn above<T>(&self, print: impl FnOnce() -> T) -> T {
        self.all.suspend(print)
    }
}

fn in_a_row(text: &str) -> String {
    printable(text).replace('\n', " ")
}

/// The text is cut where the terminal ends.
fn style(has_share: bool) -> ProgressStyle {
    let template = if has_share {
        "{prefix} {bar:10} {pos}/{len} {wide_msg}"
    } else {
        "{prefix} {wide_msg}"
    };
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may state what it believes")]

    use std::{
        io,
        sync::{
            Arc, Mutex,
            atomic::{AtomicBool, Ordering},
        },
    };

    use indicatif::{ProgressDrawTarget, TermLike};

    use super::{super::screen::Unfailing, Progress, Row};

    /// A terminal with all that was ever printed on it.
    #[derive(Clone)]
    struct Screen {
        parser: Arc<Mutex<vt100::Parser>>,
        is_closed: Arc<AtomicBool>,
    }

    impl Screen {
        fn new(columns: u16) -> Self {
            Self {
                parser: Arc::new(Mutex::new(vt100::Parser::new(24, columns, 1000))),
                is_closed: Arc::default(),
            }
        }

        fn resize(&self, columns: u16) {
            self.parser
                .lock()
                .unwrap()
                .screen_mut()
                .set_size(24, columns);
        }

        fn print(&self, text: &str) -> io::Result<()> {
            if self.is_closed.load(Ordering::Relaxed) {
                return Err(io::Error::from_raw_os_error(5));
            }
            let text = text.replace('\n', "\r\n");
            self.parser.lock().unwrap().process(text.as_bytes());
            Ok(())
        }

        fn step(&self, n: usize, direction: char) -> io::Result<()> {
            // 0 would be taken for 1.
            if n == 0 {
                return Ok(());
            }
            self.print(&format!("\x1b[{n}{direction}"))
        }

        /// All lines, those that have left the window too.
        fn lines(&self) -> Vec<String> {
            let mut parser = self.parser.lock().unwrap();
            let (rows, columns) = parser.screen().size();
            parser.screen_mut().set_scrollback(usize::MAX);
            let above = parser.screen().scrollback();
            let mut lines = Vec::new();
            for back in (1..=above).rev() {
                parser.screen_mut().set_scrollback(back);
                lines.extend(parser.screen().rows(0, columns).next());
            }
            parser.screen_mut().set_scrollback(0);
            lines.extend(parser.screen().rows(0, columns).take(usize::from(rows)));
            let used = lines.iter().rposition(|line| !line.is_empty());
            lines.truncate(used.map_or(0, |last| last + 1));
            lines
        }
    }

    impl std::fmt::Debug for Screen {
        fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            formatter.write_str("Screen")
        }
    }

    impl TermLike for Screen {
        fn width(&self) -> u16 {
            self.parser.lock().unwrap().screen().size().1
        }

        fn move_cursor_up(&self, n: usize) -> io::Result<()> {
            self.step(n, 'A')
        }

        fn move_cursor_down(&self, n: usize) -> io::Result<()> {
            self.step(n, 'B')
        }

        fn move_cursor_right(&self, n: usize) -> io::Result<()> {
            self.step(n, 'C')
        }

        fn move_cursor_left(&self, n: usize) -> io::Result<()> {
            self.step(n, 'D')
        }

        fn write_line(&self, text: &str) -> io::Result<()> {
            self.print(&format!("{text}\n"))
        }

        fn write_str(&self, text: &str) -> io::Result<()> {
            self.print(text)
        }

        fn clear_line(&self) -> io::Result<()> {
            self.print("\r\x1b[2K")
        }

        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    fn on(columns: u16) -> (Screen, Progress) {
        let screen = Screen::new(columns);
        let target = ProgressDrawTarget::term_like(Box::new(Unfailing(screen.clone())));
        (screen, Progress::on(target))
    }

    fn rows(step: u64) -> [Row; 3] {
        let worker = |trial: u64| Row {
            subject: format!("trial {trial}"),
            share: Some((step, 4000)),
            text: format!("epoch 1.3, log-loss 0.6{step}, 812 samples/s, ")
                + &"more of it than any terminal shows, ".repeat(8),
        };
        [
            worker(10),
            worker(11),
            Row {
                subject: "search".to_owned(),
                share: Some((3, 50)),
                text: "best 0.6123 (trial 7), 12 s a trial, at most 9 min left".to_owned(),
            },
        ]
    }

    #[test]
    fn rows_are_redrawn_in_place_and_leave_nothing() {
        for columns in [40, 80, 120, 200] {
            let (screen, progress) = on(columns);
            let mut printed = Vec::new();
            for step in 0..60 {
                progress.show(&rows(step));
                if step % 10 == 9 {
                    let line = format!("trial {step}: complete");
                    progress.above(|| screen.print(&format!("{line}\n")).unwrap());
                    printed.push(line);
                }
                let lines = screen.lines();
                assert_eq!(lines[..printed.len()], printed, "{columns}");
                assert_eq!(lines.len(), printed.len() + 3, "{columns}: {lines:#?}");
                let last = &lines[printed.len() + 2];
                assert!(
                    last.starts_with("search ") && last.contains(" 3/50 best 0.6123"),
                    "{last}"
                );
            }
            progress.show(&[]);
            assert_eq!(screen.lines(), printed, "{columns}");
        }
    }

    #[test]
    fn rows_fit_after_the_terminal_was_resized() {
        let (screen, progress) = on(120);
        for (step, columns) in [120, 200, 80, 40, 120].into_iter().enumerate() {
            screen.resize(columns);
            progress.show(&rows(step as u64));
            let lines = screen.lines();
            assert_eq!(lines.len(), 3, "{columns}: {lines:#?}");
        }
        progress.show(&[]);
        assert_eq!(screen.lines(), Vec::<String>::new());
    }

    #[test]
    fn a_worker_that_ended_has_no_row_any_more() {
        let (screen, progress) = on(80);
        progress.show(&rows(1));
        progress.show(&rows(2)[1..]);
        let lines = screen.lines();
        assert_eq!(lines.len(), 2, "{lines:#?}");
        assert!(lines[0].starts_with("trial 11 "), "{lines:#?}");
    }

    #[test]
    fn a_terminal_that_is_closed_ends_nothing() {
        let (screen, progress) = on(80);
        progress.show(&rows(1));
        screen.is_closed.store(true, Ordering::Relaxed);
        progress.show(&rows(2));
        let printed = progress.above(|| screen.print("interrupt\n"));
        assert!(printed.is_err());
        progress.show(&[]);
    }

    #[test]
    fn text_of_files_moves_no_cursor() {
        let (screen, progress) = on(80);
        progress.show(&[Row {
            subject: "building \x1b[2Jx".to_owned(),
            share: None,
            text: "one\ntwo".to_owned(),
        }]);
        assert_eq!(screen.lines().len(), 1, "{:#?}", screen.lines());
    }
}
