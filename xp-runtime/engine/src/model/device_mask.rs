//! Dropout masks made on the device of the tensor that they are for, with the bits of the host's: the same arithmetic on tensors of 32-bit
//! integers, which wrap.

use tch::{Device, Kind, TchError, Tensor};
use xp_step::{Mask, Word};

/// The entries of a mask from position `first` on, `[len]` f32.
pub(super) fn mask(mask: &Mask, first: u32, len: i64, device: Device) -> Result<Tensor, TchError> {
    let positions = Tensor::f_arange(len, (Kind::Int, device))?.f_add_scalar(signed(first))?;
    let bits = mask.bits(Words(Ok(positions))).0?;
    // Unsigned numbers in the order of signed ones.
    let sign = 1 << 31;
    let kept = bits
        .f_bitwise_xor(signed(sign))?
        .f_ge(signed(mask.threshold() ^ sign))?;
    kept.f_to_kind(Kind::Float)?
        .f_mul_scalar(f64::from(mask.scale()))
}

/// The bits of a word as those of a signed integer.
fn signed(word: u32) -> i64 {
    i64::from(word.cast_signed())
}

/// A tensor of words, or the first error.
struct Words(Result<Tensor, TchError>);

impl Words {
    fn then(self, f: impl FnOnce(Tensor) -> Result<Tensor, TchError>) -> Self {
        Self(self.0.and_then(f))
    }
}

impl Word for Words {
    fn multiply(self, by: u32) -> Self {
        self.then(|mut words| words.f_mul_scalar_(signed(by)))
    }

    fn add(self, word: u32) -> Self {
        self.then(|mut words| words.f_add_scalar_(signed(word)))
    }

    fn xor(self, word: u32) -> Self {
        self.then(|mut words| words.f_bitwise_xor_(signed(word)))
    }

    fn xor_shifted(self, bits: u32) -> Self {
        self.then(|mut words| {
            // A shift of signed integers copies the sign: those bits are cleared.
            let shifted = words
                .f_bitwise_right_shift_tensor_scalar(i64::from(bits))?
                .f_bitwise_and(signed(u32::MAX >> bits))?;
            words.f_bitwise_xor_tensor_(&shifted)
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may state what it believes")]
    use super::*;

    #[test]
    fn they_have_the_bits_of_the_hosts() {
        for key in [0, 7, 0xDEAD_BEEF_0000_0001, u64::MAX] {
            for rate in [1e-9, 0.1, 0.5, 0.99] {
                for first in [0, 12_345, 1 << 31, u32::MAX - 500] {
                    let of_key = Mask::new(key, rate).unwrap();
                    let mut host = vec![0.0; 1003];
                    xp_step::fill(&mut host, &of_key, first);
                    let device = mask(&of_key, first, 1003, Device::Cpu).unwrap();
                    assert_eq!(
                        Vec::<f32>::try_from(device).unwrap(),
                        host,
                        "{key:x} {rate} {first}"
                    );
                }
            }
        }
    }
}
