//! Loss and gradients of a batch. With several threads each computes a contiguous part of its samples into gradients of its own, which
//! are added in the order of the parts.

use std::ops::Range;

use xp_spec::execution::{EVALUATED_BY_A_THREAD, samples_at_once};

use crate::{
    backward::ChunkPosition,
    dropout::Mask,
    executor::{Executor, split},
    layout::{Layout, Shape},
    loss::{Loss, loss, share},
    masks::Masks,
    rows,
    samples::Samples,
    shard::Shard,
};

/// Samples of a shard that go forward and backward at once.
fn chunk(parameters: usize) -> usize {
    samples_at_once(parameters as u64) as usize
}

/// Samples of a thread that are evaluated at once.
const EVALUATED_AT_ONCE: usize = EVALUATED_BY_A_THREAD as usize;

/// Buffers and layout of a model's training step.
pub struct Step {
    shape: Shape,
    executor: Executor,
    layout: Layout,
    shards: Vec<Shard>,
    /// Gradients of all shards but the first, made when they are needed.
    others: Vec<Vec<f32>>,
    decays: Vec<Range<usize>>,
}

impl std::fmt::Debug for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Step")
            .field("shape", &self.shape)
            .finish_non_exhaustive()
    }
}

impl Step {
    /// A step for a model, of which each thread of the executor computes a part of the samples.
    pub fn new(shape: Shape, executor: Executor) -> Self {
        let layout = Layout::new(&shape);
        let shard = |_| Shard::new(shape, executor.kernels, 0);
        Self {
            shape,
            shards: (0..executor.threads).map(shard).collect(),
            others: Vec::new(),
            executor,
            decays: decays(&layout),
            layout,
        }
    }

    /// What it computes with.
    pub fn executor(&self) -> &Executor {
        &self.executor
    }

    /// Number of parameters.
    pub fn len(&self) -> usize {
        self.layout.len
    }

    /// Whether there is no parameter.
    pub fn is_empty(&self) -> bool {
        self.layout.len == 0
    }

    /// Number of dropout sites of a pass, of which the last is the head's.
    pub fn sites(&self) -> usize {
        4 * self.shape.layers + 1
    }

    /// Ranges that weight decay acts on: matrices, not norms, biases and positions.
    pub fn decays(&self) -> &[Range<usize>] {
        &self.decays
    }

    /// Mean loss of the samples; their gradients overwrite `gradients`. `None` where a buffer has another size than the model, a window
    /// reaches beyond the data, levels are absent that the model needs, or there is no sample.
    pub fn gradients(
        &mut self,
        parameters: &[f32],
        samples: &Samples<'_>,
        masks: &[Option<Mask>],
        kind: Loss,
        gradients: &mut [f32],
    ) -> Option<f64> {
        let n = samples.rows.len();
        let fits = self.fits(parameters, samples)
            && gradients.len() == self.layout.len
            && samples.labels.len() == n;
        if n == 0 || !fits {
            return None;
        }
        let executor = self.executor;
        let parts: Vec<Range<usize>> = executor.parts(n, 1).collect();
        let size = parts.iter().map(ExactSizeIterator::len).max().unwrap_or(0);
        let room = if kind.by_sample() {
            size.min(chunk(self.layout.len))
        } else {
            size
        };
        self.make_room(parts.len(), room);
        self.others
            .resize_with(executor.threads - 1, || vec![0.0; self.layout.len]);
        let batch = Batch {
            executor: &executor,
            parameters,
            layout: &self.layout,
            decays: &self.decays,
            samples,
            masks,
            kind,
        };
        let buffers =
            std::iter::once(&mut *gradients).chain(self.others.iter_mut().map(Vec::as_mut_slice));
        let work = self.shards.iter_mut().zip(&parts).zip(buffers);
        let value = if kind.by_sample() {
            executor
                .run(work, |((shard, part), gradients)| {
                    batch.in_chunks(shard, part, gradients)
                })
                .iter()
                .sum()
        } else {
            batch.in_pairs(work.map(|((shard, part), gradients)| (shard, part, gradients)))
        };
        let others = &self.others[..parts.len() - 1];
        if !others.is_empty() {
            self.add(others, gradients);
        }
        Some(value)
    }

    /// Logits of samples, whose labels are not asked for, without dropout, into as many values. `None` as of [`Self::gradients`].
    pub fn logits(
        &mut self,
        parameters: &[f32],
        samples: &Samples<'_>,
        logits: &mut [f32],
    ) -> Option<()> {
        let n = samples.rows.len();
        if logits.len() != n || !self.fits(parameters, samples) {
            return None;
        }
        let executor = self.executor;
        // Chunks are of one size, so that last digits depend on no other buffer.
        let parts: Vec<Range<usize>> = executor.parts(n, EVALUATED_AT_ONCE).collect();
        self.make_room(parts.len(), EVALUATED_AT_ONCE.min(n));
        let layout = &self.layout;
        let outputs = split(logits, &parts);
        let work = self.shards.iter_mut().zip(&parts).zip(outputs);
        executor.run(work, |((shard, part), logits)| {
            let rows = samples.rows[part.clone()].chunks(EVALUATED_AT_ONCE);
            for (rows, logits) in rows.zip(logits.chunks_mut(EVALUATED_AT_ONCE)) {
                let samples = Samples { rows, ..*samples };
                let masks = Masks {
                    sites: &[],
                    first: 0,
                };
                shard.forward(parameters, layout, &samples, masks);
                logits.copy_from_slice(&shard.logits[..logits.len()]);
            }
        });
        Some(())
    }

    /// Whether parameters are the model's, and windows lie inside the data, with their levels.
    fn fits(&self, parameters: &[f32], samples: &Samples<'_>) -> bool {
        let rows = samples.data.len() / self.shape.features.max(1);
        let inside = |row: &i64| {
            usize::try_from(*row).is_ok_and(|row| row < rows && row + 1 >= self.shape.context)
        };
        parameters.len() == self.layout.len
            && samples.levels.len() >= rows * self.shape.level
            && samples.rows.iter().all(inside)
    }

    /// Room for so many samples at once in the buffers of the first threads.
    fn make_room(&mut self, threads: usize, samples: usize) {
        for shard in self.shards.iter_mut().take(threads) {
            if shard.capacity() < samples {
                *shard = Shard::new(self.shape, self.executor.kernels, samples);
            }
        }
    }

    /// sum += each of the others, in their order.
    fn add(&self, others: &[Vec<f32>], sum: &mut [f32]) {
        let vectors = self.executor.kernels.vectors;
        let parts: Vec<_> = self.executor.parts(sum.len(), 1).collect();
        let work = parts.iter().cloned().zip(split(sum, &parts));
        self.executor.run(work, |(part, sum)| {
            for other in others {
                rows::add(vectors, sum, &other[part.clone()]);
            }
        });
    }
}

/// Ranges that weight decay acts on, in order.
fn decays(layout: &Layout) -> Vec<Range<usize>> {
    let mut list = vec![layout.embed.weight.clone()];
    for layer in &layout.layers {
        list.extend(
            [&layer.qkv, &layer.out, &layer.inner, &layer.outer].map(|pair| pair.weight.clone()),
        );
    }
    list.push(layout.head.weight.clone());
    list
}

/// Inputs that all parts of a batch share.
struct Batch<'a> {
    executor: &'a Executor,
    parameters: &'a [f32],
    layout: &'a Layout,
    decays: &'a [Range<usize>],
    samples: &'a Samples<'a>,
    masks: &'a [Option<Mask>],
    kind: Loss,
}

impl<'a> Batch<'a> {
    fn masks(&self, part: &Range<usize>) -> Masks<'a> {
        Masks {
            sites: self.masks,
            first: self.samples.before + part.start,
        }
    }

    fn forward(&self, shard: &mut Shard, part: &Range<usize>) {
        let samples = Samples {
            rows: &self.samples.rows[part.clone()],
            ..*self.samples
        };
        shard.forward(self.parameters, self.layout, &samples, self.masks(part));
    }

    fn backward(
        &self,
        shard: &mut Shard,
        part: &Range<usize>,
        dlogits: &[f32],
        gradients: &mut [f32],
        position: ChunkPosition,
    ) {
        if position.first {
            clear_between(self.decays, gradients);
        }
        shard.backward(
            self.parameters,
            self.layout,
            self.masks(part),
            dlogits,
            gradients,
            position,
        );
    }

    /// A part's contribution to a mean loss over samples, and its gradients.
    fn in_chunks(&self, shard: &mut Shard, part: &Range<usize>, gradients: &mut [f32]) -> f64 {
        let n = self.samples.rows.len();
        let size = chunk(self.layout.len);
        let mut dlogits = vec![0.0; size.min(part.len())];
        let mut value = 0.0;
        for from in part.clone().step_by(size) {
            let chunk = from..(from + size).min(part.end);
            self.forward(shard, &chunk);
            let dlogits = &mut dlogits[..chunk.len()];
            let logits = &shard.logits[..chunk.len()];
            let labels = &self.samples.labels[chunk.clone()];
            value += share(self.kind, n, logits, labels, dlogits);
            let position = ChunkPosition {
                first: chunk.start == part.start,
                last: chunk.end == part.end,
            };
            self.backward(shard, &chunk, dlogits, gradients, position);
        }
        value
    }

    /// A loss over pairs of samples, which needs all logits first, and its gradients.
    fn in_pairs<'b>(
        &self,
        work: impl Iterator<Item = (&'b mut Shard, &'b Range<usize>, &'b mut [f32])>,
    ) -> f64 {
        let forward = self.executor.run(work, |(shard, part, gradients)| {
            self.forward(shard, part);
            (shard, part, gradients)
        });
        let mut logits = Vec::with_capacity(self.samples.rows.len());
        for (shard, part, _) in &forward {
            logits.extend_from_slice(&shard.logits[..part.len()]);
        }
        let mut dlogits = vec![0.0; logits.len()];
        let value = loss(self.kind, &logits, self.samples.labels, &mut dlogits);
        let position = ChunkPosition {
            first: true,
            last: true,
        };
        self.executor
            .run(forward.into_iter(), |(shard, part, gradients)| {
                self.backward(shard, part, &dlogits[part.clone()], gradients, position);
            });
        value
    }
}

/// Sets the values between ranges to 0.
fn clear_between(ranges: &[Range<usize>], values: &mut [f32]) {
    let mut done = 0;
    for range in ranges {
        values[done..range.start].fill(0.0);
        done = range.end;
    }
    values[done..].fill(0.0);
}
