//! What a step computes with: kernels, and threads that each take a part.

use std::ops::Range;

use crate::kernels::Kernels;

/// Kernels and the number of threads that use them.
#[derive(Debug, Clone, Copy)]
pub struct Executor {
    pub(crate) kernels: Kernels,
    pub(crate) threads: usize,
}

impl Executor {
    /// So many threads, at least one.
    pub fn new(kernels: Kernels, threads: usize) -> Self {
        Self {
            kernels,
            threads: threads.max(1),
        }
    }

    /// Contiguous parts of `len` values, one for each thread, that begin at multiples of `unit`.
    pub(crate) fn parts(&self, len: usize, unit: usize) -> impl Iterator<Item = Range<usize>> {
        let size = len.div_ceil(unit).div_ceil(self.threads).max(1) * unit;
        (0..len)
            .step_by(size)
            .map(move |from| from..(from + size).min(len))
    }

    /// Runs all work in parallel, the first item on this thread; results in the order of the work.
    pub(crate) fn run<W: Send, R: Send>(
        &self,
        mut work: impl Iterator<Item = W>,
        f: impl Fn(W) -> R + Sync,
    ) -> Vec<R> {
        let Some(first) = work.next() else {
            return Vec::new();
        };
        let products = &self.kernels.products;
        let f = &|item| products.on_one_thread(|| f(item));
        std::thread::scope(|scope| {
            let others: Vec<_> = work.map(|item| scope.spawn(move || f(item))).collect();
            let mut results = vec![f(first)];
            for other in others {
                results.push(
                    other
                        .join()
                        .unwrap_or_else(|cause| std::panic::resume_unwind(cause)),
                );
            }
            results
        })
    }
}

/// The parts of a buffer, which follow one another from its start.
pub(crate) fn split<'a>(
    mut buffer: &'a mut [f32],
    parts: &[Range<usize>],
) -> impl Iterator<Item = &'a mut [f32]> {
    parts.iter().map(move |part| {
        let (here, rest) = std::mem::take(&mut buffer).split_at_mut(part.len());
        buffer = rest;
        here
    })
}

#[cfg(test)]
mod tests {
    use super::Executor;
    use crate::{instructions::InstructionSet, kernels::Kernels};

    #[test]
    fn parts_cover_everything_once_and_begin_at_units() {
        let kernels = Kernels::new(InstructionSet::Portable, None);
        for threads in 1..5 {
            for len in [0, 1, 7, 8, 9, 63, 64, 65] {
                let parts: Vec<_> = Executor::new(kernels, threads).parts(len, 8).collect();
                assert!(parts.len() <= threads, "{len} by {threads}");
                let mut next = 0;
                for part in parts {
                    assert_eq!((part.start, part.start % 8), (next, 0));
                    next = part.end;
                }
                assert_eq!(next, len);
            }
        }
    }
}
