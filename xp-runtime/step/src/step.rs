//! Loss and gradients of a batch. With several threads each takes a contiguous part of its samples and has gradients of its own, which
//! are added in the order of the parts.

use std::ops::Range;

use crate::{
    dropout::Mask,
    layout::{Layout, Shape},
    loss::{Loss, loss},
    rows,
    shard::{Masks, Shard},
};

/// Samples of a batch.
#[derive(Debug, Clone, Copy)]
pub struct Samples<'a> {
    /// `[rows, features]`, row-major.
    pub data: &'a [f32],
    /// Last row of each window.
    pub rows: &'a [i64],
    /// 0 or 1.
    pub labels: &'a [f32],
}

/// Buffers and layout of a model's training step.
pub struct Step {
    shape: Shape,
    layout: Layout,
    shards: Vec<Shard>,
    /// Gradients of all shards but the first.
    others: Vec<Vec<f32>>,
    logits: Vec<f32>,
    dlogits: Vec<f32>,
}

impl std::fmt::Debug for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Step")
            .field("shape", &self.shape)
            .finish_non_exhaustive()
    }
}

impl Step {
    /// A step for a model on so many threads.
    pub fn new(shape: Shape, threads: usize) -> Self {
        let threads = threads.max(1);
        let layout = Layout::new(&shape);
        Self {
            shape,
            shards: (0..threads).map(|_| Shard::new(shape, 0)).collect(),
            others: vec![vec![0.0; layout.len]; threads - 1],
            layout,
            logits: Vec::new(),
            dlogits: Vec::new(),
        }
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
    pub fn decays(&self) -> Vec<Range<usize>> {
        let layout = &self.layout;
        let mut list = vec![layout.embed.weight.clone()];
        for layer in &layout.layers {
            list.extend(
                [&layer.qkv, &layer.out, &layer.inner, &layer.outer]
                    .map(|pair| pair.weight.clone()),
            );
        }
        list.push(layout.head.weight.clone());
        list
    }

    /// Mean loss of the samples; their gradients overwrite `gradients`. `None` where a buffer has another size than the model, a window
    /// reaches beyond the data, or there is no sample.
    pub fn gradients(
        &mut self,
        parameters: &[f32],
        samples: &Samples<'_>,
        masks: &[Option<Mask>],
        kind: Loss,
        gradients: &mut [f32],
    ) -> Option<f64> {
        let n = samples.rows.len();
        let rows = samples.data.len() / self.shape.features.max(1);
        let inside = |row: &i64| {
            usize::try_from(*row).is_ok_and(|row| row < rows && row + 1 >= self.shape.context)
        };
        let sizes = parameters.len() == self.layout.len
            && gradients.len() == self.layout.len
            && samples.labels.len() == n;
        if n == 0 || !sizes || !samples.rows.iter().all(inside) {
            return None;
        }
        let parts = self.parts(n);
        self.forward(parameters, samples, masks, &parts);
        self.logits.clear();
        for (shard, part) in self.shards.iter().zip(&parts) {
            self.logits.extend_from_slice(&shard.logits[..part.len()]);
        }
        self.dlogits.resize(n, 0.0);
        let value = loss(kind, &self.logits, samples.labels, &mut self.dlogits);
        self.backward(parameters, masks, &parts, gradients);
        Some(value)
    }

    /// Contiguous parts of a batch, one per thread; makes room for them.
    fn parts(&mut self, n: usize) -> Vec<Range<usize>> {
        let size = n.div_ceil(self.shards.len());
        let parts: Vec<Range<usize>> = (0..n)
            .step_by(size)
            .map(|from| from..(from + size).min(n))
            .collect();
        for shard in self.shards.iter_mut().take(parts.len()) {
            if shard.capacity() < size {
                *shard = Shard::new(self.shape, size);
            }
        }
        parts
    }

    fn forward(
        &mut self,
        parameters: &[f32],
        samples: &Samples<'_>,
        masks: &[Option<Mask>],
        parts: &[Range<usize>],
    ) {
        let layout = &self.layout;
        let run = |shard: &mut Shard, part: &Range<usize>| {
            let samples = Samples {
                data: samples.data,
                rows: &samples.rows[part.clone()],
                labels: &samples.labels[part.clone()],
            };
            let masks = Masks {
                sites: masks,
                first: part.start,
            };
            shard.forward(parameters, layout, &samples, masks);
        };
        let mut work = self.shards.iter_mut().zip(parts);
        let Some((shard, part)) = work.next() else {
            return;
        };
        std::thread::scope(|scope| {
            for (shard, part) in work {
                scope.spawn(move || run(shard, part));
            }
            run(shard, part);
        });
    }

    fn backward(
        &mut self,
        parameters: &[f32],
        masks: &[Option<Mask>],
        parts: &[Range<usize>],
        gradients: &mut [f32],
    ) {
        let layout = &self.layout;
        let decays = self.decays();
        let dlogits = &self.dlogits;
        let run = |shard: &mut Shard, part: &Range<usize>, gradients: &mut [f32]| {
            clear_between(&decays, gradients);
            let masks = Masks {
                sites: masks,
                first: part.start,
            };
            shard.backward(parameters, layout, masks, &dlogits[part.clone()], gradients);
        };
        let run = &run;
        let mut work = self.shards.iter_mut().zip(parts);
        let Some((shard, part)) = work.next() else {
            return;
        };
        let others = &mut self.others;
        std::thread::scope(|scope| {
            for ((shard, part), own) in work.zip(others.iter_mut()) {
                scope.spawn(move || run(shard, part, own));
            }
            run(shard, part, gradients);
        });
        for other in others.iter().take(parts.len() - 1) {
            rows::add(gradients, other);
        }
    }
}

/// Sets what lies between ranges to 0.
fn clear_between(ranges: &[Range<usize>], values: &mut [f32]) {
    let mut done = 0;
    for range in ranges {
        values[done..range.start].fill(0.0);
        done = range.end;
    }
    values[done..].fill(0.0);
}
