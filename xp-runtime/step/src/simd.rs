//! Functions compiled twice, for AVX2 and for any processor, and chosen at run time. Reductions have eight lanes and no operation is fused
//! in either, so that both give the same bits.
#![allow(
    unsafe_code,
    reason = "a function with target features may be called after the processor was asked for them"
)]

/// Lanes of a reduction: one AVX register of f32.
pub(crate) const LANES: usize = 8;

/// Defines a function whose loops are vectorised with AVX2 where the processor has it.
macro_rules! simd {
    ($(#[$about:meta])* fn $name:ident($($argument:ident: $kind:ty),* $(,)?) $(-> $output:ty)? $body:block) => {
        $(#[$about])*
        #[allow(
            clippy::too_many_arguments,
            reason = "kernels take their buffers one by one"
        )]
        pub(crate) fn $name($($argument: $kind),*) $(-> $output)? {
            #[inline(always)]
            fn body($($argument: $kind),*) $(-> $output)? $body
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2")]
                fn avx2($($argument: $kind),*) $(-> $output)? {
                    body($($argument),*)
                }
                if std::arch::is_x86_feature_detected!("avx2") {
                    // SAFETY: the processor has the feature.
                    #[allow(unsafe_code, reason = "the processor was asked, see simd.rs")]
                    return unsafe { avx2($($argument),*) };
                }
            }
            body($($argument),*)
        }
    };
}
pub(crate) use simd;

/// Sum of lanes, in a fixed order.
#[inline(always)]
pub(crate) fn across(lanes: [f32; LANES]) -> f32 {
    let [a, b, c, d, e, f, g, h] = lanes;
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}

/// Σ a·b.
#[inline(always)]
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (a_wide, a_rest) = a.as_chunks::<LANES>();
    let (b_wide, b_rest) = b.as_chunks::<LANES>();
    let mut lanes = [0.0; LANES];
    for (a, b) in a_wide.iter().zip(b_wide) {
        for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += a * b;
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    across(lanes) + rest
}

/// y += scale · x.
#[inline(always)]
pub(crate) fn add_scaled(y: &mut [f32], scale: f32, x: &[f32]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += scale * x;
    }
}
