//! The keys and names of the experiment language, each with what it means: what the macro knows, what an editor completes and
//! shows. One constant each, so that an editor jumps from an experiment to its meaning.
//!
//! Names of samplers, pruners, losses, baselines and other choices are defined with the choice; `names` has them all.

vocabulary! {
    /// Keys of `experiment! { … }`.
    experiment {
        /// Phase of the study, such as `"phase6a"`.
        phase,
        /// Why it is run; changes nothing.
        description,
        /// Ends the file's name, to tell apart what differs in no other part of it, such as `"context60"`.
        variant,
        /// Parameter budget, such as `"2M"`: one that configs/model has a configuration of.
        budget,
        /// Share by which the exact parameter count may differ from the budget, at most 0.25.
        tolerance,
        /// What is predicted: `threshold_1pct`, `threshold_2pct`, `threshold_3pct` or `threshold_5pct`.
        task,
        /// Price that must reach the threshold: `high` or `close`.
        label_price,
        /// Trading days within which it must: 1, 2, 3, 5 or 7.
        horizon,
        /// Trading days per bar: `daily`, `"2d"`, `"3d"`, `"5d"` or `weekly`.
        timescale,
        /// Processed parquet of data/manifest.yaml.
        data,
        /// `tier(20)`, `tier(100)`, `tier(250)`, `tier(500)` or a list of names.
        features,
        /// Bars per sample.
        context,
        /// Bars per patch and between patches; those of the model configuration if not specified.
        patch,
        /// `mixed`: a patch holds all features; `independent`: each feature is a series of its own.
        channels,
        /// Of inputs: `zscore`, `revin`, `revin(level: true)` or `none`. RevIN needs a context of at least 10 bars.
        normalisation,
        /// First days of validation and test.
        split,
        /// What selects evaluations and trials: `log_loss` or `auc`, both on validation.
        objective,
        /// Loss, schedule, stopping and the hyperparameters that are not searched.
        training,
        /// What the model is compared with; all of them if not specified.
        baselines,
        /// `required`, `optional`, or limits in °C.
        thermal,
        /// `auto`, `cpu` or `cuda`.
        device,
        /// Lints whose findings are meant, each with the reason; changes nothing.
        allow,
        /// `hpo { … }` or `train { … }`.
        run,
    }
    /// Keys of `allow: { … }`: the lints.
    allow {
        /// Train has fewer samples than validation.
        small_training_region,
        /// RevIN removes the level of each window, and with it the level of volatility.
        revin_removes_level,
        /// A feature reaches beyond 20 standard deviations of train.
        outlying_columns,
    }
    /// Keys of `split: { … }`.
    split {
        /// First day of validation, such as `"2007-01-01"`.
        val,
        /// First day of test.
        test,
        /// Trading days dropped before each border, beyond the purge of label windows.
        embargo,
        /// The part of train that is used: `fraction(0.25)` or `last("10y")`, the later one.
        train,
    }
    /// Keys of `patch: { … }`.
    patch {
        /// Bars per patch.
        length,
        /// Bars between the starts of two patches.
        stride,
    }
    /// Keys of `training: { … }`.
    training {
        /// Training loss: `bce`, `weighted_bce`, `focal(γ)` or `soft_auc`.
        loss,
        /// Learning rate after warm-up: `cosine`, `linear` or `constant`.
        schedule,
        /// Parts in which a batch goes through the model, to save memory.
        accumulation,
        /// Factors of matrix products: `fp32` or `bf16`.
        precision,
        /// How often it is evaluated on validation: `auto`, `each_epoch` or `every(steps)`; always at its end, too.
        evaluate,
        /// Evaluations without improvement after which training stops.
        patience,
        /// Improvement of the objective below which an evaluation does not count as better.
        min_delta,
        /// Seed of a search's sampler and of its trials.
        seed,
        /// Dropout before the head.
        head_dropout,
        /// Samples per optimizer step.
        batch_size,
        /// Largest global gradient norm.
        clip_norm,
    }
    /// Keys of `thermal: { … }`.
    thermal {
        /// `required` refuses a machine without temperature sensor, `optional` warns and runs.
        sensor,
        /// Work pauses above it, °C.
        pause_above,
        /// Paused work resumes below it, °C.
        resume_below,
        /// Work ends with a checkpoint above it, °C.
        abort_above,
    }
    /// Keys of `run: hpo { … }`.
    hpo {
        /// Trials at most.
        trials,
        /// Time at most, such as `"4h"`.
        timeout,
        /// `auto`, `gp`, `tpe`, `random`, `sobol` or `grid`.
        sampler,
        /// Trials from a Sobol sequence before a model decides.
        startup_trials,
        /// `none`, `median`, `successive_halving`, `hyperband` or `patience`, with parameters in braces.
        pruner,
        /// Points of the first trials.
        first,
        /// Points that are never tried.
        exclude,
        /// Searched parameters with their ranges.
        search,
    }
    /// Keys of `run: train { … }`.
    train {
        /// `best(search)`, `between(search, search)` or a map of hyperparameters.
        params,
        /// One training per seed.
        seeds,
    }
    /// Hyperparameters: keys of `search: { … }`, `params: { … }` and of points.
    hyperparameters {
        /// Encoder shape: `grid`, `fixed`, a shape, or a list of shapes.
        architecture,
        /// Peak learning rate of AdamW.
        learning_rate,
        /// Decoupled weight decay.
        weight_decay,
        /// Dropout in the encoder.
        dropout,
        /// Dropout before the head.
        head_dropout,
        /// Share of the steps in which the learning rate rises linearly, such as 0.05; at most 0.5.
        warmup,
        /// Optimizer steps at most.
        steps,
        /// Samples per optimizer step.
        batch_size,
        /// Largest global gradient norm.
        clip_norm,
    }
    /// Keys of an encoder shape.
    architecture {
        /// Width of the residual stream.
        d_model,
        /// Number of encoder layers.
        n_layers,
        /// Attention heads.
        n_heads,
        /// Width of the feed-forward layer.
        d_ff,
    }
    /// Arguments of `revin(…)`.
    revin {
        /// `true`: mean and log standard deviation of each window and feature are inputs, too, standardised on the training samples.
        level,
    }
    /// Parameters of pruners.
    pruner {
        /// Others that must have come so far (`median`).
        fewest,
        /// Steps before the rule applies (`median`).
        warmup,
        /// Steps before the first rung (`successive_halving`, `hyperband`); if not specified, the fewest by which each trial has been
        /// evaluated after its warm-up.
        first,
        /// Of those that reach a rung, 1 / factor go on (`successive_halving`, `hyperband`).
        factor,
        /// Evaluations without improvement that are tolerated (`patience`).
        evaluations,
        /// Improvement that counts (`patience`).
        least,
    }
    /// Names that values have. A name of several choices is defined here.
    names {
        ..crate::architecture::channels;
        ..crate::normalisation::normalisations;
        ..crate::baseline::names;
        ..crate::evaluate::names;
        ..crate::loss::parametrised;
        ..crate::loss::plain;
        ..crate::machine::devices;
        ..crate::pruner::names;
        ..crate::sampler::names;
        ..crate::training::objectives;
        ..crate::training::precisions;
        ..crate::schedule::schedules;
        /// +1 % within the horizon.
        threshold_1pct,
        /// +2 % within the horizon.
        threshold_2pct,
        /// +3 % within the horizon.
        threshold_3pct,
        /// +5 % within the horizon.
        threshold_5pct,
        /// The daily high.
        high,
        /// The daily close.
        close,
        /// One trading day per bar.
        daily,
        /// Calendar weeks ending Friday.
        weekly,
        /// The first so many features of data/locks.
        tier,
        /// None: inputs as they are, or no pruning.
        none,
        /// The direction of log_loss.
        minimize,
        /// The direction of auc.
        maximize,
        /// Refuse a machine without temperature sensor.
        required,
        /// Warn that there is no sensor, and run.
        optional,
        /// CUDA where there is one; a Gaussian process, beyond 200 trials TPE; or at least 20 evaluations of a training.
        auto,
        /// A search of hyperparameters.
        hpo,
        /// Trainings, judged once on test data.
        train,
        /// Every shape within tolerance of the budget; or all combinations.
        grid,
        /// The shape of the model configuration.
        fixed,
        /// Uniform in the logarithm.
        log,
        /// Uniform.
        uniform,
        /// Whole numbers, uniform.
        int,
        /// The best trial of a search.
        best,
        /// Halfway between the best trials of two searches.
        between,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extent::Extent;

    #[test]
    fn hyperparameters_are_those_that_training_consumes() {
        let consumed: Vec<_> = std::iter::once("architecture")
            .chain(crate::scalar::SCALARS.map(|scalar| scalar.name))
            .collect();
        assert_eq!(hyperparameters::ALL, consumed);
        assert_eq!(hyperparameters::ABOUT.len(), consumed.len());
    }

    /// Every choice by the section of its names, and the key whose meaning lists them.
    const CHOICES: [(&[&str], Option<&str>); 12] = [
        (crate::architecture::channels::ALL, Some("channels")),
        (
            crate::normalisation::normalisations::ALL,
            Some("normalisation"),
        ),
        (crate::baseline::names::ALL, None),
        (crate::evaluate::names::ALL, Some("evaluate")),
        (crate::loss::parametrised::ALL, Some("loss")),
        (crate::loss::plain::ALL, Some("loss")),
        (crate::machine::devices::ALL, Some("device")),
        (crate::pruner::names::ALL, Some("pruner")),
        (crate::sampler::names::ALL, Some("sampler")),
        (crate::training::objectives::ALL, Some("objective")),
        (crate::training::precisions::ALL, Some("precision")),
        (crate::schedule::schedules::ALL, Some("schedule")),
    ];

    /// An editor would find several meanings of a name that two choices have, were none of them here.
    #[test]
    fn every_name_of_a_rule_is_known() {
        let known = |name: &str| names::ALL.contains(&name);
        for (position, (choice, _)) in CHOICES.iter().enumerate() {
            for name in *choice {
                let shared = CHOICES
                    .iter()
                    .skip(position + 1)
                    .any(|(other, _)| other.contains(name));
                assert!(!shared || known(name), "{name}");
            }
        }
        for task in crate::task::Task::ALL {
            assert!(known(task.name()), "{task}");
        }
    }

    #[test]
    fn a_key_lists_its_names() {
        let about = |key: &str| {
            let sections = [
                (experiment::ALL, experiment::ABOUT),
                (training::ALL, training::ABOUT),
                (hpo::ALL, hpo::ABOUT),
            ];
            let found = sections.into_iter().find_map(|(keys, about)| {
                let position = keys.iter().position(|known| *known == key)?;
                about.get(position).copied()
            });
            found.unwrap_or_default()
        };
        for (choice, key) in CHOICES {
            for name in key.map_or(&[][..], |_| choice) {
                let text = about(key.unwrap_or_default());
                let plain = text.contains(&format!("`{name}`"));
                assert!(
                    plain || text.contains(&format!("`{name}(")),
                    "{name} in {text}"
                );
            }
        }
    }

    #[test]
    fn keys_of_pruners_are_known() {
        for name in crate::pruner::Pruner::NAMES {
            let named = crate::pruner::Pruner::named(name, &Extent::default());
            assert_eq!(named.map(|pruner| pruner.name()), Some(*name));
            for (key, _) in named.map(|pruner| pruner.parameters()).unwrap_or_default() {
                assert!(pruner::ALL.contains(&key.name), "{}", key.name);
            }
        }
    }
}
