//! Prices of no market, for data sets of tests. The same seed gives the same text on every machine.

use crate::random::Random;

/// Daily bars of a random walk on weekdays from 1950 on, as a CSV of the house's form. The same seed gives the same text.
pub fn walk(days: usize, seed: u64) -> String {
    let mut random = Random(seed);
    let mut text = "date,open,high,low,close,volume\n".to_owned();
    let mut close = 100.0;
    // 1950-01-02 was a Monday.
    for day in (0..).filter(|day| day % 7 < 5).take(days) {
        let open = close * (1.0 + 0.004 * (random.uniform() - 0.5));
        close = open * (1.0 + 0.03 * (random.uniform() - 0.49));
        let high = open.max(close) * (1.0 + 0.01 * random.uniform());
        let low = open.min(close) * (1.0 - 0.01 * random.uniform());
        let volume = (1e6 * (0.5 + random.uniform())).round();
        text.push_str(&format!(
            "{},{open},{high},{low},{close},{volume}\n",
            date(day - 7304)
        ));
    }
    text
}

/// ISO date of a day counted from 1970-01-01 (Hinnant, "chrono-compatible low-level date algorithms").
fn date(day: i64) -> String {
    let z = day + 719_468;
    let era = z.div_euclid(146_097);
    let of_era = z.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!(
        "{year:04}-{month:02}-{:02}",
        of_year - (153 * shifted + 2) / 5 + 1
    )
}
