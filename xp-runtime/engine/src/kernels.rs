//! The kernels of this process: its processor's instructions, as far as libtorch's `ATEN_CPU_CAPABILITY` allows them, and libtorch's MKL.

use std::sync::OnceLock;

use xp_step::{Blas, Executor, InstructionSet, Kernels};

/// The kernels of all fused steps of this process. To be asked before libtorch computes where MKL must do without some instructions.
pub fn kernels() -> &'static Kernels {
    static KERNELS: OnceLock<Kernels> = OnceLock::new();
    KERNELS.get_or_init(|| Kernels::new(InstructionSet::allowed(), Blas::of_process()))
}

/// Those kernels on as many threads as libtorch has.
pub(crate) fn executor() -> Executor {
    let threads = usize::try_from(tch::get_num_threads()).unwrap_or(1);
    Executor::new(*kernels(), threads)
}
