//! What an experiment needs in memory before it runs: an estimate, for pre-flight and lists.

use crate::{
    architecture::{Architecture, Channels, InputShape},
    execution::{
        EVALUATED_BY_A_THREAD, Execution, Moments, execution, samples_at_once, why_not_fused,
    },
    experiment::Experiment,
    training::Loss,
};

/// Bytes that libtorch, its threads and an experiment's program need in addition to a model; a bare test needs 40 MiB less.
const BASE_BYTES: u64 = 240 << 20;
/// Bytes of one feature of some five thousand days while it is read: from parquet, in f64 until it is checked, and in f32.
const READ_BYTES: u64 = 100 << 10;
/// Bytes of the same in f32, which a training keeps.
const FEATURE_BYTES: u64 = 20 << 10;
/// Bytes of the level of one feature's windows over as many days, in f32.
const LEVEL_BYTES: u64 = 40 << 10;
/// Values of f32 per parameter of a training with all gradients at once: weights, gradients, two moments, best weights, and the
/// working copies of the optimizer.
const WHOLE_VALUES: u64 = 7;
/// The same of the fused kernels, without the gradients of each thread: weights, two moments, best weights, and a copy while these are
/// saved.
const FUSED_VALUES: u64 = 5;
/// Values per parameter of one layer that live at once where layers take turns: gradients, and working copies of the update.
const LAYER_VALUES: u64 = 3;

/// Series that go through a model at once where nothing is learnt: samples of mixed channels, features of samples of independent ones.
pub const EVALUATION_SERIES: u64 = 256;

/// Samples that are evaluated at once.
pub fn evaluated_at_once(input: &InputShape) -> u64 {
    (EVALUATION_SERIES / series(input).max(1)).max(1)
}

/// Bytes of a training on batches of `batch` samples with so many threads: weights, gradients, moments, best weights, activations, libtorch and the data.
/// `docs/measurements.md` compares it with measured peaks.
pub fn memory_bytes(
    shape: &Architecture,
    input: &InputShape,
    count: u64,
    batch: u64,
    threads: usize,
    (execution, loss): (Execution, Loss),
) -> u64 {
    let patches = u64::from(input.patches().unwrap_or(0));
    let (d, ff, heads) = (
        u64::from(shape.d_model),
        u64::from(shape.d_ff),
        u64::from(shape.n_heads),
    );
    let tokens = batch.saturating_mul(series(input)).saturating_mul(patches);
    let of_layer = tokens.saturating_mul(12 * d + 4 * ff + 4 * heads * patches);
    let window = window_copies(input) * u64::from(input.context) * u64::from(input.n_features);
    let evaluated = evaluated_at_once(input);
    let evaluation = EVALUATION_SERIES
        .max(series(input))
        .saturating_mul(patches)
        // One layer at a time, and nothing is stored for a backward pass.
        .saturating_mul(6 * d + 2 * ff + 2 * heads * patches)
        .saturating_add(evaluated.saturating_mul(window));
    let windows = batch.saturating_mul(window);
    let layers = u64::from(shape.n_layers);
    let values = match execution {
        Execution::Fused => {
            // Each thread computes its part of the batch in pieces, and evaluates in the same buffers.
            let threads = threads.max(1) as u64;
            let piece = if loss.by_sample() {
                samples_at_once(count)
            } else {
                u64::MAX
            };
            let trained = batch.div_ceil(threads).min(piece);
            let samples = threads.saturating_mul(trained.max(EVALUATED_BY_A_THREAD));
            let tokens = samples.saturating_mul(patches);
            let stored = tokens.saturating_mul(8 * d + 2 * ff + heads * patches);
            let width = 2 * input.embedded_values();
            let activations = stored
                .saturating_mul(layers)
                .saturating_add(tokens.saturating_mul(9 * d + ff + width));
            count
                .saturating_mul(FUSED_VALUES + threads)
                .saturating_add(activations)
        }
        Execution::Whole => count.saturating_mul(WHOLE_VALUES).saturating_add(
            of_layer
                .saturating_mul(layers)
                .saturating_add(windows)
                .max(evaluation),
        ),
        Execution::Layerwise(moments) => {
            // In halves of a value: full moments are two values, compact ones half a value of nearly all parameters.
            let halves = match moments {
                Moments::Full => 6,
                Moments::Compact => 3,
            };
            let stored = tokens.saturating_mul(d).saturating_mul(layers);
            (count.saturating_mul(halves) / 2)
                .saturating_add(LAYER_VALUES * (4 * d * d + 2 * d * ff))
                .saturating_add(
                    of_layer
                        .saturating_add(stored)
                        .saturating_add(windows)
                        .max(evaluation),
                )
        }
    };
    let features = u64::from(input.n_features);
    let data = match input.normalisation.level_inputs() {
        0 => FEATURE_BYTES,
        _ => FEATURE_BYTES + LEVEL_BYTES,
    };
    // What reading takes is given back before a training begins.
    values
        .saturating_mul(4)
        .saturating_add(data * features)
        .max(READ_BYTES * features)
        .saturating_add(BASE_BYTES)
}

/// Copies of a window on its way into a model: gathered, and laid out in patches; by RevIN also centred, squared, scaled and shifted.
fn window_copies(input: &InputShape) -> u64 {
    if input.normalisation.is_revin() { 6 } else { 2 }
}

/// Series that the encoder sees per sample.
pub fn series(input: &InputShape) -> u64 {
    match input.channels {
        Channels::Mixed => 1,
        Channels::Independent => u64::from(input.n_features),
    }
}

impl Experiment {
    /// How a shape of `count` parameters trains on a CPU or another device, with `memory` bytes, where they are known.
    pub fn execution(
        &self,
        shape: &Architecture,
        count: u64,
        batch: u64,
        (cpu, memory): (bool, Option<u64>),
    ) -> Execution {
        let input = self.input();
        let whole_step = (Execution::Whole, self.training.loss);
        let whole = memory_bytes(shape, &input, count, batch, 1, whole_step);
        let fused = why_not_fused(&input, count, self.training.precision, cpu).is_none();
        execution(self.budget, fused, whole, memory)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::architecture::Normalisation;

    const SHAPE: Architecture = Architecture {
        d_model: 192,
        n_layers: 4,
        n_heads: 6,
        d_ff: 768,
    };

    fn input(channels: Channels) -> InputShape {
        InputShape {
            n_features: 20,
            context: 60,
            patch: 10,
            stride: 10,
            channels,
            normalisation: Normalisation::None,
        }
    }

    #[test]
    fn a_level_takes_its_part_of_memory() {
        for channels in [Channels::Mixed, Channels::Independent] {
            let of = |normalisation| InputShape {
                normalisation,
                ..input(channels)
            };
            let (with, without) = (of(Normalisation::RevinLevel), of(Normalisation::Revin));
            let bytes = |input| {
                let fused = (Execution::Fused, Loss::Bce);
                memory_bytes(&SHAPE, input, 1_822_657, 32, 1, fused)
            };
            assert!(bytes(&with) > bytes(&without), "{channels:?}");
        }
    }

    #[test]
    fn memory_grows_with_what_is_held() {
        let bytes = |channels, batch| {
            memory_bytes(
                &SHAPE,
                &input(channels),
                1_822_657,
                batch,
                1,
                (Execution::Whole, Loss::Bce),
            )
        };
        let small = bytes(Channels::Mixed, 32);
        assert!(small > 4 * 7 * 1_822_657 && bytes(Channels::Mixed, 64) > small);
        assert!(bytes(Channels::Independent, 32) > small);
        assert_eq!(
            memory_bytes(
                &SHAPE,
                &input(Channels::Mixed),
                u64::MAX,
                1,
                1,
                (Execution::Whole, Loss::Bce)
            ),
            u64::MAX
        );
        let mixed = input(Channels::Mixed);
        let on = |threads, execution| {
            memory_bytes(&SHAPE, &mixed, 1 << 31, 32, threads, (execution, Loss::Bce))
        };
        let by = |execution| on(1, execution);
        assert!(
            by(Execution::Layerwise(Moments::Compact)) < by(Execution::Layerwise(Moments::Full))
        );
        assert!(by(Execution::Layerwise(Moments::Full)) < by(Execution::Fused));
        assert!(by(Execution::Fused) < by(Execution::Whole));
        // Each thread of the fused kernels has gradients of its own; elsewhere they are shared.
        assert!(on(1, Execution::Fused) < on(2, Execution::Fused));
        assert_eq!(on(1, Execution::Whole), on(2, Execution::Whole));
    }
}
