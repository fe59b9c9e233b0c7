//! Counter-based random numbers: a value is a function of its key and position alone, so that a run resumes to the same numbers
//! without any generator state (tch exposes none).

/// A stream of random numbers, named by what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stream {
    key: u64,
}

/// Weyl constant of SplitMix64 (Steele, Lea & Flood, OOPSLA 2014).
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// Finaliser of SplitMix64.
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl Stream {
    /// The stream of a seed and the coordinates that name its use, such as epoch, batch and site.
    pub fn new(seed: u64, coordinates: &[u64]) -> Self {
        let key = coordinates
            .iter()
            .fold(mix(seed ^ GOLDEN), |key, coordinate| {
                mix(key ^ mix(coordinate.wrapping_add(GOLDEN)))
            });
        Self { key }
    }

    /// 64 random bits at a position.
    pub fn bits(&self, position: u64) -> u64 {
        mix(self.key.wrapping_add(position.wrapping_mul(GOLDEN)))
    }

    /// Uniform in [0, 1) with 53 bits.
    pub fn uniform(&self, position: u64) -> f64 {
        (self.bits(position) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Standard normal, by Box–Muller from positions 2p and 2p + 1.
    pub fn normal(&self, position: u64) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform(2 * position)).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform(2 * position + 1)).cos()
    }

    /// A permutation of 0 … n − 1 (Fisher–Yates).
    pub fn permutation(&self, n: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..n).collect();
        for i in (1..n).rev() {
            let j = (u128::from(self.bits(i as u64)) * (i as u128 + 1)) >> 64;
            order.swap(i, j as usize);
        }
        order
    }

    /// The dropout mask of this stream; `None` where nothing is dropped.
    pub(crate) fn mask(&self, rate: f64) -> Option<xp_step::Mask> {
        xp_step::Mask::new(self.key, rate)
    }

    /// Dropout mask from its entry `first` on: 0 with probability `rate`, else 1 / (1 − rate); entries repeat after 2³².
    pub fn dropout_mask(&self, len: usize, rate: f64, first: u64) -> Vec<f32> {
        let mut entries = vec![1.0; len];
        if let Some(mask) = self.mask(rate) {
            xp_step::fill(&mut entries, &mask, first as u32);
        }
        entries
    }
}

#[cfg(test)]
mod tests {
    use super::Stream;

    #[test]
    fn streams_are_functions_of_their_names() {
        let a = Stream::new(1, &[2, 3]);
        assert_eq!(a, Stream::new(1, &[2, 3]));
        for other in [
            Stream::new(2, &[2, 3]),
            Stream::new(1, &[3, 2]),
            Stream::new(1, &[2]),
            Stream::new(1, &[2, 3, 0]),
        ] {
            assert_ne!(a.bits(0), other.bits(0));
        }
    }

    #[test]
    fn moments_are_right() {
        let stream = Stream::new(7, &[]);
        let n = 100_000;
        let mean = |f: &dyn Fn(u64) -> f64| (0..n).map(f).sum::<f64>() / n as f64;
        assert!((mean(&|i| stream.uniform(i)) - 0.5).abs() < 0.005);
        assert!(mean(&|i| stream.normal(i)).abs() < 0.015);
        assert!((mean(&|i| stream.normal(i).powi(2)) - 1.0).abs() < 0.02);
        let mask = stream.dropout_mask(n as usize + 1, 0.3, 0);
        assert_eq!(stream.dropout_mask(5, 0.3, 7), mask[7..12]);
        let dropped = mask.iter().filter(|x| **x == 0.0).count() as f64 / mask.len() as f64;
        assert!((dropped - 0.3).abs() < 0.01, "{dropped}");
        assert!(
            mask.iter()
                .all(|x| *x == 0.0 || (*x - 1.0 / 0.7).abs() < 1e-6)
        );
    }

    #[test]
    fn permutations_hold_every_index_once() {
        let mut order = Stream::new(3, &[1]).permutation(1000);
        assert_ne!(order, (0..1000).collect::<Vec<_>>());
        order.sort_unstable();
        assert_eq!(order, (0..1000).collect::<Vec<_>>());
    }
}
