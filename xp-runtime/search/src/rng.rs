//! Random numbers keyed by seed and trial number, so that a search holds no generator state. It is the only source of
//! randomness of this crate.

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{RngCore, SeedableRng},
};

/// What a stream of random numbers is for: two purposes of one trial never share numbers.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    Point,
    Unseen,
    Bracket,
    Fantasies,
}

/// A stream of random numbers: ChaCha8 (its output is fixed by its specification) keyed by the seed, with the trial number
/// and the purpose as its stream.
pub(crate) struct Stream(ChaCha8Rng);

impl Stream {
    pub(crate) fn new(seed: u64, number: u32, purpose: Purpose) -> Self {
        let mut key = [0; 32];
        for (slot, byte) in key.iter_mut().zip(seed.to_le_bytes()) {
            *slot = byte;
        }
        let mut generator = ChaCha8Rng::from_seed(key);
        generator.set_stream(u64::from(number) << 8 | purpose as u64);
        Self(generator)
    }

    /// Uniform in (0, 1), never 0 or 1.
    pub(crate) fn uniform(&mut self) -> f64 {
        ((self.0.next_u64() >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
    }

    /// Uniform in 0 .. count; 0 where count is 0.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        ((self.uniform() * count as f64) as usize).min(count.saturating_sub(1))
    }

    /// Standard normal, by Box and Muller.
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * self.uniform().ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// `count` normal numbers in random order, each with its opposite among them, so that their mean is 0.
    pub(crate) fn normals(&mut self, count: usize) -> Vec<f64> {
        let mut draws: Vec<f64> = Vec::with_capacity(count + 1);
        while draws.len() < count {
            let draw = self.normal();
            draws.extend([draw, -draw]);
        }
        draws.truncate(count);
        for last in (1..count).rev() {
            draws.swap(last, self.below(last + 1));
        }
        draws
    }

    /// An index with probability in proportion to its weight; the last one where no weight is positive.
    pub(crate) fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut rest = self.uniform() * weights.iter().sum::<f64>();
        for (index, weight) in weights.iter().enumerate() {
            rest -= weight;
            if rest < 0.0 {
                return index;
            }
        }
        weights.len().saturating_sub(1)
    }
}

/// Mixes a seed into 32 bits, for generators with small seeds (splitmix64's finaliser).
pub(crate) fn fold(seed: u64) -> u32 {
    let mut mixed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (mixed ^ (mixed >> 31)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_fixed_and_apart() {
        let draw = |seed, number, purpose| Stream::new(seed, number, purpose).uniform();
        let first = draw(1, 0, Purpose::Point);
        assert_eq!(first, draw(1, 0, Purpose::Point));
        for other in [
            draw(2, 0, Purpose::Point),
            draw(1, 1, Purpose::Point),
            draw(1, 0, Purpose::Unseen),
        ] {
            assert_ne!(first, other);
        }
    }

    #[test]
    fn weights_decide() {
        let mut stream = Stream::new(7, 3, Purpose::Point);
        let mut seen = [0; 3];
        for _ in 0..4000 {
            seen[stream.weighted(&[1.0, 0.0, 3.0])] += 1;
        }
        assert_eq!(seen[1], 0);
        assert!((900..1100).contains(&seen[0]), "{seen:?}");
        let mean = (0..4000).map(|_| stream.normal()).sum::<f64>() / 4000.0;
        assert!(mean.abs() < 0.06, "{mean}");
    }
}
