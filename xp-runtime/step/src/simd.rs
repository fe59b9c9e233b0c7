//! Functions compiled once for each set of vector instructions and chosen at run time. Reductions have as many lanes in each, and where a
//! product and a sum are fused they are fused in each, so that all give the same bits.
#![allow(
    unsafe_code,
    reason = "a function with target features may be called after the processor was asked for them"
)]

/// Lanes of a reduction: two AVX-512 registers of f32, four of AVX2, so that a sum need not wait for the one before.
pub(crate) const LANES: usize = 32;
/// Lanes that are left of a reduction where rows end: one AVX2 register.
const FEW: usize = 8;

/// Defines a function whose loops are compiled for each set of vector instructions. Its first argument says which are used.
macro_rules! simd {
    ($(#[$about:meta])* fn $name:ident($($argument:ident: $kind:ty),* $(,)?) $(-> $output:ty)? $body:block) => {
        $(#[$about])*
        #[allow(
            clippy::too_many_arguments,
            reason = "kernels take their buffers one by one"
        )]
        pub(crate) fn $name(vectors: $crate::instructions::Vectors, $($argument: $kind),*) $(-> $output)? {
            #[inline(always)]
            fn body($($argument: $kind),*) $(-> $output)? $body
            #[cfg(target_arch = "x86_64")]
            {
                use $crate::instructions::InstructionSet;
                #[target_feature(enable = "avx2,fma")]
                fn avx2($($argument: $kind),*) $(-> $output)? {
                    body($($argument),*)
                }
                #[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl")]
                fn avx512($($argument: $kind),*) $(-> $output)? {
                    body($($argument),*)
                }
                // SAFETY: `vectors` is of instructions that the processor has.
                #[allow(unsafe_code, reason = "the processor was asked, see instructions.rs")]
                match vectors.set() {
                    InstructionSet::Avx512 => return unsafe { avx512($($argument),*) },
                    InstructionSet::Avx2 => return unsafe { avx2($($argument),*) },
                    InstructionSet::Portable => {}
                }
            }
            let _ = vectors;
            body($($argument),*)
        }
    };
}
pub(crate) use simd;

/// Σ f over whole rows of lanes, then over the few that are left, then one by one; always in this order.
#[inline(always)]
fn reduce(a: &[f32], b: &[f32], f: impl Fn(f32, f32, f32) -> f32) -> f32 {
    let (a_wide, a_rest) = a.as_chunks::<LANES>();
    let (b_wide, b_rest) = b.as_chunks::<LANES>();
    let mut lanes = [0.0; LANES];
    for (a, b) in a_wide.iter().zip(b_wide) {
        for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
            *lane = f(*a, *b, *lane);
        }
    }
    let (a_few, a_rest) = a_rest.as_chunks::<FEW>();
    let (b_few, b_rest) = b_rest.as_chunks::<FEW>();
    let mut few = [0.0; FEW];
    for (a, b) in a_few.iter().zip(b_few) {
        for ((lane, a), b) in few.iter_mut().zip(a).zip(b) {
            *lane = f(*a, *b, *lane);
        }
    }
    let mut rest = 0.0;
    for (a, b) in a_rest.iter().zip(b_rest) {
        rest = f(*a, *b, rest);
    }
    // Halves are added to halves, as registers are.
    let mut width = LANES / 2;
    while width >= FEW {
        for lane in 0..width {
            lanes[lane] += lanes[lane + width];
        }
        width /= 2;
    }
    for (few, lane) in few.iter_mut().zip(&lanes) {
        *few += lane;
    }
    let [a, b, c, d, e, f, g, h] = few;
    (((a + e) + (c + g)) + ((b + f) + (d + h))) + rest
}

/// Σ a·b.
#[inline(always)]
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    reduce(a, b, |a, b, sum| a.mul_add(b, sum))
}

/// Σ x.
#[inline(always)]
pub(crate) fn sum(x: &[f32]) -> f32 {
    reduce(x, x, |x, _, sum| sum + x)
}

/// y += scale · x.
#[inline(always)]
pub(crate) fn add_scaled(y: &mut [f32], scale: f32, x: &[f32]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y = scale.mul_add(*x, *y);
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        adamw::{AdamW, Update},
        attention::{self, Heads},
        dropout::Mask,
        executor::Executor,
        gelu,
        instructions::{InstructionSet, Vectors},
        kernels::Kernels,
        norm, rows,
    };

    const ROWS: usize = 12;
    /// Whole registers and a rest of every kind.
    const WIDTH: usize = 3 * 47;

    fn values(len: usize, seed: usize) -> Vec<f32> {
        let noise = |i: usize| ((i + seed).wrapping_mul(2_654_435_761) >> 7 & 0xFFFF) as f32;
        (0..len).map(|i| noise(i) / 16384.0 - 2.0).collect()
    }

    /// Everything that loops compute, forward and backward, with the instructions of a set.
    fn computed(set: InstructionSet) -> Vec<Vec<f32>> {
        let vectors = Vectors::at_most(set);
        let mask = Mask::new(7, 0.2);
        let len = ROWS * WIDTH;
        let (weight, bias) = (values(WIDTH, 1), values(WIDTH, 2));
        let [mut hat, mut y, mut dx, mut active] = [(); 4].map(|()| vec![0.0; len]);
        let [mut columns, mut dweight] = [(); 2].map(|()| vec![0.0; WIDTH]);
        let mut inverse = vec![0.0; ROWS];
        norm::forward(
            vectors,
            &values(len, 3),
            &weight,
            &bias,
            &mut hat,
            &mut inverse,
            &mut y,
        );
        let mut dy = values(len, 4);
        norm::backward(
            vectors,
            &mut dy,
            &weight,
            &hat,
            &inverse,
            &mut dx,
            &mut dweight,
            &mut columns,
        );
        let mut slope = values(len, 5);
        gelu::forward(vectors, &mut slope, &bias, &mut active, mask.as_ref(), 11);
        rows::residual(vectors, &mut y, &active, &bias, mask.as_ref(), 5);
        let heads = Heads {
            patches: 4,
            heads: 3,
            width: WIDTH / 3,
        };
        let qkv = values(3 * len, 6);
        let mut weights = vec![0.0; ROWS / 4 * 3 * 16];
        let mut mixed = vec![0.0; len];
        attention::forward(
            vectors,
            &heads,
            &qkv,
            &mut weights,
            &mut mixed,
            mask.as_ref(),
            3,
        );
        let mut dqkv = vec![0.0; 3 * len];
        attention::backward(
            vectors,
            &heads,
            &qkv,
            &weights,
            &dy,
            &mut dqkv,
            &mut [0.0; 4],
            mask.as_ref(),
            3,
        );
        let executor = Executor::new(Kernels::new(set, None), 2);
        let norm = crate::norm(&executor, &dy);
        let (mut parameters, mut first, mut second) =
            (values(len, 8), values(len, 9), vec![0.5; len]);
        let update = Update {
            rate: 1e-3,
            weight_decay: 0.1,
            clip_norm: 1.0,
            norm,
            step: 3,
        };
        let rule = AdamW {
            beta1: 0.9,
            beta2: 0.999,
            eps: 1e-8,
        };
        rule.step(
            &executor,
            &update,
            std::slice::from_ref(&(WIDTH..5 * WIDTH)),
            &mut parameters,
            &dy,
            (&mut first, &mut second),
        );
        vec![
            hat,
            inverse,
            y,
            dx,
            dweight,
            columns,
            slope,
            active,
            weights,
            mixed,
            dqkv,
            parameters,
            first,
            second,
            vec![norm as f32],
        ]
    }

    #[test]
    fn all_sets_of_instructions_give_the_same_bits() {
        let bits = |set| {
            computed(set)
                .concat()
                .iter()
                .map(|x| x.to_bits())
                .collect::<Vec<_>>()
        };
        let expected = bits(InstructionSet::Portable);
        assert!(
            computed(InstructionSet::Portable)
                .concat()
                .iter()
                .all(|x| x.is_finite())
        );
        for set in InstructionSet::ALL {
            assert!(bits(set) == expected, "{set}");
        }
    }
}
