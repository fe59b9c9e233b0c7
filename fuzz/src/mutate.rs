//! Mutations of bytes, as coverage-guided fuzzers make them.

use xp_test_support::Random;

/// Pieces that parsers treat specially.
const PIECES: [&str; 40] = [
    "\0",
    "\n",
    "\r",
    "\r\n",
    "\"",
    "\"\"",
    "'",
    ",",
    ";",
    "\t",
    "|",
    ".",
    "-",
    "--",
    "+",
    "0",
    "1e999",
    "-1e-999",
    "NaN",
    "inf",
    "null",
    "[",
    "]",
    "{",
    "}",
    ":",
    ": ",
    "&a",
    "*a",
    "- ",
    "#",
    "\u{feff}",
    "\u{202e}",
    "é",
    "\u{1b}[31m",
    "18446744073709551616",
    "-1",
    "9999-12-31",
    "2007-02-30",
    "0.1",
];
/// Mutations of one input at most.
const MOST: u64 = 6;
/// Bytes of the longest run that is copied or removed.
const LONGEST: u64 = 64;

/// A mutation of `input`, which may take parts of `other`.
pub(crate) fn mutate(input: &[u8], other: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = input.to_vec();
    for _ in 0..=below(random, MOST) {
        let at = below(random, bytes.len() as u64 + 1);
        let end = (at + 1 + below(random, LONGEST)).min(bytes.len());
        let at = at.min(bytes.len());
        match below(random, 8) {
            0 if at < bytes.len() => bytes[at] ^= 1 << below(random, 8),
            1 if at < bytes.len() => bytes[at] = random.bits() as u8,
            2 => drop(bytes.drain(at..end.max(at))),
            3 => {
                let copy = bytes[at..end.max(at)].to_vec();
                bytes.splice(at..at, copy);
            }
            4 => {
                let from = below(random, other.len() as u64 + 1);
                let to = (from + 1 + below(random, LONGEST)).min(other.len());
                let part = other.get(from..to).unwrap_or_default().to_vec();
                bytes.splice(at..at, part);
            }
            5 => bytes.truncate(at),
            _ => {
                let piece = PIECES[below(random, PIECES.len() as u64)];
                bytes.splice(at..at, piece.bytes());
            }
        }
    }
    bytes
}

/// A whole number below a limit; 0 where that is 0.
pub(crate) fn below(random: &mut Random, limit: u64) -> usize {
    (random.bits() % limit.max(1)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_mutations_and_most_change_the_input() {
        let of = |seed| {
            let mut random = Random(seed);
            let each =
                (0..100).map(|_| mutate(b"date,open\n2007-01-31,1\n", b"other", &mut random));
            each.collect::<Vec<_>>()
        };
        assert_eq!(of(1), of(1));
        let changed = of(1)
            .iter()
            .filter(|bytes| bytes.as_slice() != b"date,open\n2007-01-31,1\n")
            .count();
        assert!(changed > 90, "{changed}");
        // Nothing is too short.
        let mut random = Random(2);
        (0..1000).for_each(|_| drop(mutate(b"", b"", &mut random)));
    }
}
