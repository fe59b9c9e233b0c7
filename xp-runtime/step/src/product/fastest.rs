//! Where a library's products are faster than `gemm`'s: a table made by the benchmark `training` and read here, so that a run's kernels follow
//! from its processor and not from what a timing said at its start.

use crate::instructions::InstructionSet;

/// Whether the library is used, by the maker of the processor and the instructions.
struct Row {
    maker: &'static str,
    set: InstructionSet,
    library: bool,
}

/// Measured on products of 96 to 1536 tokens by the matrices of 2M and 20M: within a row the same is faster at all of them.
const TABLE: [Row; 2] = [
    // 173–181 against 102–110 GFLOP/s.
    Row {
        maker: "GenuineIntel",
        set: InstructionSet::Avx512,
        library: true,
    },
    // 94–96 against 79–85 GFLOP/s.
    Row {
        maker: "GenuineIntel",
        set: InstructionSet::Avx2,
        library: true,
    },
];

/// Whether a library is faster on this processor; not where nothing was measured.
pub(super) fn is_library(set: InstructionSet) -> bool {
    let maker = maker();
    TABLE
        .iter()
        .any(|row| row.library && row.set == set && maker.as_deref() == Some(row.maker))
}

/// The maker of the processor, as it says itself.
#[cfg(target_arch = "x86_64")]
fn maker() -> Option<String> {
    let leaf = std::arch::x86_64::__cpuid(0);
    let bytes = [leaf.ebx, leaf.edx, leaf.ecx].map(u32::to_le_bytes);
    String::from_utf8(bytes.concat()).ok()
}

#[cfg(not(target_arch = "x86_64"))]
fn maker() -> Option<String> {
    None
}
