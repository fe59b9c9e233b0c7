//! The experiment's baselines on the rows of a run (F40).

use xp_baselines::{Market, Regions, Rows, baselines, bayes};
use xp_engine::train::Region;
use xp_metrics::BaselineResult;
use xp_report::record::RunRecord;

use crate::{
    context::{Context, RunError, unless_interrupted},
    data::Data,
    journal::Journal,
};

/// What a run is compared with.
pub(crate) struct Compared {
    pub(crate) baselines: Vec<BaselineResult>,
    /// Why those are missing that could not be fitted.
    pub(crate) missing: Vec<String>,
    /// What a model beats by luck only; of a simulated market only.
    pub(crate) bayes: Option<BaselineResult>,
}

impl Compared {
    /// What an earlier run of the same data was compared with.
    pub(crate) fn of(record: &RunRecord) -> Self {
        Self {
            baselines: record.baselines.clone(),
            missing: record.missing_baselines.clone(),
            bayes: record.bayes.clone(),
        }
    }
}

/// Fits the experiment's baselines on train and evaluates them on a region. One that cannot be fitted is warned of. Ctrl-C does not wait
/// for them: the run is completed by the same command.
pub(crate) fn evaluate(
    context: &Context,
    journal: &Journal<'_>,
    data: &Data,
    region: &Region,
) -> Result<Compared, RunError> {
    let (train, val, evaluated) = (
        last_bars(data, &data.train),
        last_bars(data, &data.val),
        last_bars(data, region),
    );
    // Nothing after the evaluated region is handed on: of a search, no day of test.
    let days = evaluated.days.last().map_or(0, |day| day + 1);
    let closes = data.closes.get(..days).unwrap_or_default().to_vec();
    let (experiment, names) = (context.experiment.clone(), data.names.clone());
    let count = experiment.baselines.len();
    if count > 0 {
        journal.info(&format!("fitting {count} baselines on the same rows"));
    }
    // Trees of hundreds of features take many seconds.
    let (results, bayes) = unless_interrupted(&context.clock, move || {
        let market = Market {
            closes: &closes,
            task: experiment.task,
            price: experiment.label_price,
            horizon: experiment.horizon,
        };
        let regions = Regions {
            train: train.rows(&names),
            val: val.rows(&names),
            evaluated: evaluated.rows(&names),
            market,
            block: experiment.block_length(),
        };
        let known = experiment.data.simulated.as_ref();
        (
            baselines(&experiment.baselines, &regions),
            known.map(|market| bayes(market, &regions)),
        )
    })?
    .ok_or_else(|| {
        RunError::Interrupted(
            "interrupted while baselines were fitted; run the same command to resume".to_owned(),
        )
    })?;
    let mut compared = Compared {
        baselines: Vec::new(),
        missing: Vec::new(),
        bayes,
    };
    for result in results {
        match result {
            Ok(result) => compared.baselines.push(result),
            Err(error) => {
                journal.warn(&format!("warning: {error}"));
                compared.missing.push(error.to_string());
            }
        }
    }
    Ok(compared)
}

/// A region's samples as baselines see them.
struct LastBars {
    /// Features at the last bar of each window, `[samples, features]`.
    values: Vec<f32>,
    labels: Vec<f64>,
    /// Last trading day of that bar.
    days: Vec<usize>,
}

impl LastBars {
    fn rows<'a>(&'a self, names: &'a [String]) -> Rows<'a> {
        Rows {
            values: &self.values,
            names,
            labels: &self.labels,
            days: &self.days,
        }
    }
}

fn last_bars(data: &Data, region: &Region) -> LastBars {
    let width = data.names.len();
    let rows = || {
        region
            .rows
            .iter()
            .map(|&row| usize::try_from(row).unwrap_or(0))
    };
    let values = rows().flat_map(|row| {
        let start = row * width;
        data.values
            .get(start..start + width)
            .unwrap_or_default()
            .iter()
            .copied()
    });
    LastBars {
        values: values.collect(),
        labels: region.labels.iter().copied().map(f64::from).collect(),
        days: rows()
            .filter_map(|row| data.days.get(row).copied())
            .collect(),
    }
}
