//! Dropout masks by a counter: an entry is a function of the key and its position alone, whatever the order or number of threads. Two
//! keyed rounds of 32-bit multiply–xorshift finalisers (C. Wellons, "Prospecting for Hash Functions"), which vectorise.

use crate::{instructions::Vectors, simd::simd};

/// A mask of one site: entries are 0 with probability `rate`, else 1 / (1 − rate); they repeat after 2³² positions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mask {
    low: u32,
    high: u32,
    threshold: u32,
    scale: f32,
}

impl Mask {
    /// The mask of a 64-bit key; `None` where nothing is dropped.
    pub fn new(key: u64, rate: f64) -> Option<Self> {
        (rate > 0.0).then(|| Self {
            low: key as u32,
            high: (key >> 32) as u32,
            threshold: (rate * 4_294_967_296.0) as u32,
            scale: (1.0 / (1.0 - rate)) as f32,
        })
    }

    /// The random bits of a position.
    #[inline(always)]
    pub fn bits<W: Word>(&self, position: W) -> W {
        let z = position.multiply(0x9E37_79B9).xor(self.low);
        let z = z.xor_shifted(16).multiply(0x7FEB_352D);
        let z = z.xor_shifted(15).multiply(0x846C_A68B);
        let z = z.xor_shifted(16).add(self.high);
        let z = z.xor_shifted(17).multiply(0xED5A_D4BB);
        let z = z.xor_shifted(11).multiply(0xAC4C_1B51);
        z.xor_shifted(15)
    }

    /// Bits below which an entry is 0.
    pub fn threshold(&self) -> u32 {
        self.threshold
    }

    /// The other entries.
    pub fn scale(&self) -> f32 {
        self.scale
    }

    /// The entry at a position.
    #[inline(always)]
    pub(crate) fn at(&self, position: u32) -> f32 {
        if self.bits(position) < self.threshold {
            0.0
        } else {
            self.scale
        }
    }
}

/// Unsigned 32-bit words whose arithmetic wraps: a number, or whatever holds many of them.
pub trait Word {
    /// Times a word.
    fn multiply(self, by: u32) -> Self;
    /// Plus a word.
    fn add(self, word: u32) -> Self;
    /// Exclusive or with a word.
    fn xor(self, word: u32) -> Self;
    /// Exclusive or with itself, shifted right by so many bits.
    fn xor_shifted(self, bits: u32) -> Self;
}

impl Word for u32 {
    #[inline(always)]
    fn multiply(self, by: u32) -> Self {
        self.wrapping_mul(by)
    }

    #[inline(always)]
    fn add(self, word: u32) -> Self {
        self.wrapping_add(word)
    }

    #[inline(always)]
    fn xor(self, word: u32) -> Self {
        self ^ word
    }

    #[inline(always)]
    fn xor_shifted(self, bits: u32) -> Self {
        self ^ (self >> bits)
    }
}

simd! {
    /// Writes the entries from `start` on.
    fn write(entries: &mut [f32], mask: &Mask, start: u32) {
        for (offset, entry) in entries.iter_mut().enumerate() {
            *entry = mask.at(start.wrapping_add(offset as u32));
        }
    }
}

simd! {
    /// y ·= mask.
    fn apply(y: &mut [f32], mask: &Mask, start: u32) {
        for (offset, y) in y.iter_mut().enumerate() {
            *y *= mask.at(start.wrapping_add(offset as u32));
        }
    }
}

/// Writes the entries of a mask from position `start` on.
pub fn fill(entries: &mut [f32], mask: &Mask, start: u32) {
    write(Vectors::widest(), entries, mask, start);
}

#[cfg(test)]
mod tests {
    use super::{Mask, fill};

    fn mask(key: u64, start: u32, len: usize) -> Vec<f32> {
        let mut entries = vec![0.0; len];
        if let Some(mask) = Mask::new(key, 0.3) {
            fill(&mut entries, &mask, start);
        }
        entries
    }

    #[test]
    fn an_entry_depends_on_key_and_position_alone() {
        let whole = mask(7, 0, 1000);
        assert_eq!(whole[400..417], mask(7, 400, 17));
        assert_ne!(whole, mask(8, 0, 1000));
        assert_ne!(whole, mask(7 | 1 << 40, 0, 1000));
        assert_eq!(Mask::new(7, 0.0), None);
    }

    /// Frequencies of single entries, of neighbours, of equal places under neighbouring keys, each within 5 standard errors.
    #[test]
    fn entries_look_independent() {
        let n = 1_000_000;
        for key in [0, 1, 2, 3, 0xDEAD_BEEF_0000_0001] {
            let (a, b) = (mask(key, 0, n), mask(key + 1, 0, n));
            let dropped = |x: f32| f64::from(u8::from(x == 0.0));
            let share = |pairs: &mut dyn Iterator<Item = (f32, f32)>| {
                pairs.map(|(x, y)| dropped(x) * dropped(y)).sum::<f64>() / n as f64
            };
            let single = a.iter().map(|x| dropped(*x)).sum::<f64>() / n as f64;
            assert!(
                (single - 0.3).abs() < 5.0 * (0.21_f64 / n as f64).sqrt(),
                "{single}"
            );
            for lag in [1, 2, 3, 6, 8, 16, 192, 768, 1152] {
                let both = share(&mut a.iter().copied().zip(a[lag..].iter().copied()));
                assert!((both - 0.09).abs() < 0.0016, "key {key}, lag {lag}: {both}");
            }
            let both = share(&mut a.iter().copied().zip(b.iter().copied()));
            assert!((both - 0.09).abs() < 0.0015, "keys {key} and next: {both}");
        }
    }
}
