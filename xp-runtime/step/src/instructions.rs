//! Vector instructions that kernels are compiled for, and which of them this processor has.

use std::fmt;

/// A set of vector instructions that all loops are compiled for. Wider sets are greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum InstructionSet {
    /// What every processor of the target has.
    Portable,
    /// AVX2 and FMA.
    Avx2,
    /// AVX-512 F, BW, DQ and VL.
    Avx512,
}

impl InstructionSet {
    /// All, ascending.
    pub const ALL: [Self; 3] = [Self::Portable, Self::Avx2, Self::Avx512];

    /// Its name in options, rows and checkpoints.
    pub fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
        }
    }

    /// The widest set that libtorch's environment variable `ATEN_CPU_CAPABILITY` allows: `default`, `avx2`, or anything else for all.
    pub fn allowed() -> Self {
        match std::env::var("ATEN_CPU_CAPABILITY").as_deref() {
            Ok("default") => Self::Portable,
            Ok("avx2") => Self::Avx2,
            _ => Self::Avx512,
        }
    }

    /// The widest set that this processor has.
    pub fn of_processor() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            use std::arch::is_x86_feature_detected as has;
            if !(has!("avx2") && has!("fma")) {
                return Self::Portable;
            }
            if has!("avx512f") && has!("avx512bw") && has!("avx512dq") && has!("avx512vl") {
                return Self::Avx512;
            }
            Self::Avx2
        }
        #[cfg(not(target_arch = "x86_64"))]
        Self::Portable
    }
}

impl fmt::Display for InstructionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Instructions that this processor was found to have: kernels take one, so that none can be called with instructions that are absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Vectors(InstructionSet);

impl Vectors {
    /// The widest set that the processor has, and at most `most`.
    pub(crate) fn at_most(most: InstructionSet) -> Self {
        Self(InstructionSet::of_processor().min(most))
    }

    /// The widest set that the processor has.
    pub(crate) fn widest() -> Self {
        Self(InstructionSet::of_processor())
    }

    pub(crate) fn set(self) -> InstructionSet {
        self.0
    }
}
