//! The vocabulary of an experiment and the only copy of every rule. Pure: no tensors, no polars, and no IO outside [`files`].

#[macro_use]
mod words;

pub mod architecture;
pub mod baseline;
pub mod border;
pub mod borrow;
pub mod bounds;
pub mod budget;
pub mod cost;
pub mod count;
pub mod duration;
pub mod epoch;
pub mod evaluate;
pub mod execution;
pub mod exit_code;
pub mod experiment;
pub mod extent;
pub mod feasibility;
#[cfg(feature = "files")]
pub mod files;
pub mod flops;
pub mod grid;
pub mod hash;
pub mod hyper;
pub mod infeasible;
mod largest;
pub mod loss;
pub mod machine;
pub mod market;
pub mod minima;
pub mod name;
pub mod nearest;
pub mod normalisation;
pub mod outliers;
pub mod plan;
pub mod printable;
pub mod pruner;
pub mod renamed;
pub mod sampler;
pub mod scalar;
pub mod schedule;
pub mod slurm;
pub mod space;
pub mod split;
pub mod standardise;
pub mod strategy;
pub mod study_url;
pub mod task;
pub mod timescale;
pub mod train_part;
pub mod training;
pub mod value;
pub mod vocabulary;
pub mod yearly;
