//! One training step of the `mixed` PatchTST on a CPU: fused kernels over preallocated buffers; matrix products are `gemm`'s.
//! It must not know tensors, data sets or schedules. Autograd in `xp-runtime` is the reference that it is tested against.

mod adamw;
mod attention;
mod backward;
mod block;
mod dropout;
mod elementary;
mod executor;
mod forward;
mod gelu;
mod gradients;
mod instructions;
mod kernels;
mod layout;
mod loss;
mod masks;
mod norm;
mod product;
mod revin;
mod rows;
mod samples;
mod shard;
mod simd;
mod step;

pub use adamw::{AdamW, Update, norm};
pub use dropout::{Mask, Word, fill};
pub use executor::Executor;
pub use instructions::InstructionSet;
pub use kernels::Kernels;
pub use layout::Shape;
pub use loss::{Loss, loss};
pub use product::{Blas, Product};
pub use samples::Samples;
pub use step::Step;
