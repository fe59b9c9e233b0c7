//! Samples per second of training steps: gather, RevIN, forward, loss, backward, clipping and AdamW, with dropout 0.1. Without arguments all
//! sizes and the rates of the products alone, by gemm and by the library, of which `product/fastest.rs` has its table; `--one BUDGET BATCH THREADS SECONDS` prints samples per second and samples, for
//! `training_peers.py`. `XP_BLAS` is the file of libtorch whose products are used, and `ATEN_CPU_CAPABILITY=avx2` does without AVX-512.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]

use xp_clock::Clock;
use xp_spec::architecture::{Architecture, Channels, InputShape, Normalisation};
use xp_step::{
    AdamW, Blas, Executor, InstructionSet, Kernels, Loss, Mask, Product, Samples, Shape, Step,
    Update, norm,
};

const FEATURES: u32 = 20;
const ROWS: usize = 2000;

fn architecture(budget: &str) -> Architecture {
    match budget {
        "20M" => Architecture {
            d_model: 512,
            n_layers: 6,
            n_heads: 8,
            d_ff: 2048,
        },
        _ => Architecture {
            d_model: 192,
            n_layers: 4,
            n_heads: 6,
            d_ff: 768,
        },
    }
}

/// Kernels by the environment.
fn kernels() -> Kernels {
    Kernels::new(InstructionSet::allowed(), library())
}

fn library() -> Option<Blas> {
    std::env::var_os("XP_BLAS").and_then(|path| Blas::of_file(path.as_ref()))
}

/// Mean samples per second over at least `seconds`, and all samples that were trained on.
fn throughput(budget: &str, batch: usize, threads: usize, seconds: f64) -> Option<(f64, u64)> {
    let input = InputShape {
        n_features: FEATURES,
        context: 60,
        patch: 10,
        stride: 10,
        channels: Channels::Mixed,
        normalisation: Normalisation::Revin,
    };
    let executor = Executor::new(kernels(), threads);
    let mut step = Step::new(Shape::new(&architecture(budget), &input)?, executor);
    let noise = |i: usize| (i.wrapping_mul(2_654_435_761) >> 7 & 0xFFFF) as f32 / 65536.0 - 0.5;
    let data: Vec<f32> = (0..ROWS * FEATURES as usize).map(noise).collect();
    let mut parameters: Vec<f32> = (0..step.len()).map(|i| noise(i) * 0.1).collect();
    let mut gradients = vec![0.0; step.len()];
    let (mut first, mut second) = (vec![0.0; step.len()], vec![0.0; step.len()]);
    let decays = step.decays().to_vec();
    let optimizer = AdamW {
        beta1: 0.9,
        beta2: 0.999,
        eps: 1e-8,
    };
    let labels: Vec<f32> = (0..batch).map(|i| (i % 2) as f32).collect();
    let clock = Clock::system();
    let mut started = clock.now();
    let mut count = 0_u64;
    loop {
        let rows: Vec<i64> = (0..batch)
            .map(|i| 60 + ((count as usize * batch + i) * 7919 % (ROWS - 60)) as i64)
            .collect();
        let masks: Vec<Option<Mask>> = (0..step.sites())
            .map(|site| Mask::new(count << 32 | site as u64, 0.1))
            .collect();
        let samples = Samples {
            levels: &[],
            data: &data,
            rows: &rows,
            labels: &labels,
            before: 0,
        };
        let loss = Loss::Bce { pos_weight: 1.0 };
        step.gradients(&parameters, &samples, &masks, loss, &mut gradients)?;
        let update = Update {
            rate: 1e-4,
            weight_decay: 1e-3,
            clip_norm: 1.0,
            norm: norm(&executor, &gradients),
            step: count + 1,
        };
        optimizer.step(
            &executor,
            &update,
            &decays,
            &mut parameters,
            &gradients,
            (&mut first, &mut second),
        );
        count += 1;
        if count == 2 {
            // The first steps make buffers.
            started = clock.now();
        }
        let elapsed = clock.since(started).as_secs_f64();
        if count > 2 && elapsed >= seconds {
            let rate = (count - 2) as f64 * batch as f64 / elapsed;
            return Some((rate, count * batch as u64));
        }
    }
}

/// GFLOP/s of products of 96 to 1536 tokens with the matrices of 2M and 20M, one thread: harmonic means of the best of many.
fn product_rates(kernels: &Kernels) -> [(Product, f64); 3] {
    let tokens = [96, 192, 384, 768, 1536];
    let matrices = [(192, 576), (192, 192), (192, 768), (768, 192), (200, 192)];
    let large = [
        (512, 1536),
        (512, 512),
        (512, 2048),
        (2048, 512),
        (200, 512),
    ];
    let clock = Clock::system();
    let seconds_of_a_flop = |product: Product, (m, n, k): (usize, usize, usize)| {
        let (a, b) = (vec![0.5_f32; m * k], vec![0.25_f32; k * n]);
        let mut c = vec![0.0_f32; m * n];
        let timed = (0..20).map(|_| {
            let started = clock.now();
            kernels.multiply(product, (m, n, k), &a, &b, &mut c);
            clock.since(started).as_secs_f64()
        });
        timed.fold(f64::INFINITY, f64::min) / (2 * m * n * k) as f64
    };
    [
        Product::SecondTransposed,
        Product::Plain,
        Product::FirstTransposed,
    ]
    .map(|product| {
        let mut sum = 0.0;
        let mut count = 0.0;
        for tokens in tokens {
            for (inputs, outputs) in matrices.into_iter().chain(large) {
                let size = match product {
                    Product::SecondTransposed => (tokens, outputs, inputs),
                    Product::Plain => (tokens, inputs, outputs),
                    Product::FirstTransposed => (outputs, inputs, tokens),
                };
                sum += seconds_of_a_flop(product, size);
                count += 1.0;
            }
        }
        (product, count / sum / 1e9)
    })
}

fn main() {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    if let [one, budget, batch, threads, seconds] = arguments.as_slice()
        && one == "--one"
    {
        let number = |text: &str| text.parse::<usize>().unwrap_or(1);
        let rate = throughput(
            budget,
            number(batch),
            number(threads),
            seconds.parse().unwrap_or(1.0),
        );
        let (rate, samples) = rate.unwrap_or((f64::NAN, 0));
        println!("{rate} {samples}");
        return;
    }
    println!("kernels {}", kernels());
    let set = InstructionSet::allowed();
    let by_library = library().and_then(|library| Kernels::by_library(set, library));
    for kernels in [Some(Kernels::new(set, None)), by_library]
        .into_iter()
        .flatten()
    {
        for (product, rate) in product_rates(&kernels) {
            println!("{kernels} {product:?}: {rate:.0} GFLOP/s");
        }
    }
    for budget in ["2M", "20M"] {
        for batch in [32, 256] {
            for threads in [1, 2] {
                let rate = throughput(budget, batch, threads, 3.0).map_or(f64::NAN, |it| it.0);
                println!("{budget} batch {batch} threads {threads}: {rate:.0} samples/s");
            }
        }
    }
}
