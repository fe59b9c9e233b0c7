//! Random draws of the bootstrap: the same for a seed on every machine, so that an interval is a function of the data alone.

/// SplitMix64 (Steele, Lea & Flood 2014).
#[derive(Debug, Clone)]
pub struct Draws(u64);

impl Draws {
    /// Draws of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A whole number in 0..below.
    pub fn below(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((u128::from(z ^ (z >> 31)) * below as u128) >> 64) as usize
    }

    /// A number of 0..1, never 0.
    pub fn uniform(&mut self) -> f64 {
        (self.below(1 << 53) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// A standard normal number.
    pub fn normal(&mut self) -> f64 {
        self.normals().0
    }

    /// Two independent standard normal numbers (Box & Muller 1958).
    pub fn normals(&mut self) -> (f64, f64) {
        let radius = (-2.0 * self.uniform().ln()).sqrt();
        let (sin, cos) = (std::f64::consts::TAU * self.uniform()).sin_cos();
        (radius * cos, radius * sin)
    }
}
