//! Random numbers of tests, the same on every machine.

/// SplitMix64 (Steele, Lea & Flood, "Fast splittable pseudorandom number generators", 2014), from its seed.
#[derive(Debug, Clone)]
pub struct Random(pub u64);

impl Random {
    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// The next number in [0, 1).
    pub fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// The next number of the standard normal distribution (Box & Muller 1958).
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (2.0 * std::f64::consts::PI * self.uniform()).cos()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The reference implementation's (Vigna, `splitmix64.c`).
    #[test]
    fn bits_are_those_of_the_reference() {
        let mut random = Random(1_234_567);
        assert_eq!(random.bits(), 6_457_827_717_110_365_317);
        assert_eq!(random.bits(), 3_203_168_211_198_807_973);
        let uniform = random.uniform();
        assert!((0.0..1.0).contains(&uniform), "{uniform}");
    }

    #[test]
    fn normal_numbers_have_their_moments() {
        let mut random = Random(5);
        let drawn: Vec<f64> = (0..40_000).map(|_| random.normal()).collect();
        let moment = |power| drawn.iter().map(|x| x.powi(power)).sum::<f64>() / 40_000.0;
        // Five standard errors each.
        for (power, expected, tolerance) in [(1, 0.0, 0.025), (2, 1.0, 0.036), (4, 3.0, 0.25)] {
            assert!((moment(power) - expected).abs() < tolerance, "{power}");
        }
    }
}
