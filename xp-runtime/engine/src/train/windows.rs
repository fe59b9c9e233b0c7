//! Windows over one contiguous block of data: gathered per batch, the data set is never copied.

use tch::{Device, Kind, TchError, Tensor};

use crate::model::Inputs;

/// Rows of a data set on a device.
#[derive(Debug)]
pub struct Windows {
    /// `[rows, features]`.
    data: Tensor,
    /// Of the window that ends at each row, `[rows, features, 2]`; only with `revin(level: true)`.
    levels: Option<Tensor>,
    context: i64,
    features: i64,
    /// 0 … context − 1, shifted so that a window ends at its row.
    offsets: Tensor,
}

/// Samples of a region: rows at which windows end, and labels.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Region {
    /// Row of each sample's last bar.
    pub rows: Vec<i64>,
    /// 1 where the threshold is reached, else 0.
    pub labels: Vec<f32>,
}

/// What a training may see: never test data (F39).
#[derive(Debug, Clone, Copy)]
pub struct TrainingData<'a> {
    /// All rows.
    pub windows: &'a Windows,
    /// Samples that are trained on.
    pub train: &'a Region,
    /// Samples that select the weights.
    pub val: &'a Region,
}

impl Region {
    /// Number of samples.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no sample.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Number of positive samples.
    pub fn positives(&self) -> usize {
        self.labels.iter().filter(|label| **label == 1.0).count()
    }

    /// Negatives / positives: what a positive weighs with `weighted_bce`.
    pub(super) fn pos_weight(&self) -> f64 {
        (self.len() - self.positives()) as f64 / self.positives() as f64
    }
}

impl Windows {
    /// Windows of `context` bars over row-major values `[rows, features]`.
    pub fn new(
        values: &[f32],
        features: usize,
        context: u32,
        device: Device,
    ) -> Result<Self, TchError> {
        let features = features as i64;
        let context = i64::from(context);
        let data = Tensor::f_from_slice(values)?
            .f_view([-1, features])?
            .f_to_device(device)?;
        let offsets =
            Tensor::f_arange(context, (Kind::Int64, device))?.f_sub_scalar(context - 1)?;
        Ok(Self {
            data,
            levels: None,
            context,
            features,
            offsets,
        })
    }

    /// The same windows with their levels, row-major `[rows, features, 2]`, as `xp_spec::standardise::levels` has them.
    pub fn with_levels(mut self, levels: &[f32]) -> Result<Self, TchError> {
        let rows = self.data.size().first().copied().unwrap_or(0);
        let levels = Tensor::f_from_slice(levels)?
            .f_view([rows, self.features, 2])?
            .f_to_device(self.device())?;
        self.levels = Some(levels);
        Ok(self)
    }

    /// Bars before and with a row that a window needs, and whether they are there.
    pub(super) fn reaches(&self, row: i64) -> bool {
        let rows = self.data.size().first().copied().unwrap_or(0);
        row >= self.context - 1 && row < rows
    }

    /// Bars of a window.
    pub(super) fn context(&self) -> i64 {
        self.context
    }

    /// The data, `[rows, features]`.
    pub(crate) fn data(&self) -> &Tensor {
        &self.data
    }

    /// Levels of the windows, `[rows, features, 2]`, where they are known.
    pub(crate) fn levels(&self) -> Option<&Tensor> {
        self.levels.as_ref()
    }

    /// Device of the data.
    pub fn device(&self) -> Device {
        self.data.device()
    }

    /// The windows that end at `rows`, `[batch, context, features]`, and their levels.
    pub fn gather(&self, rows: &[i64]) -> Result<Inputs, TchError> {
        let rows = Tensor::f_from_slice(rows)?.f_to_device(self.device())?;
        let size = [rows.numel() as i64, self.context, self.features];
        let index = rows.f_unsqueeze(1)?.f_add(&self.offsets)?.f_reshape([-1])?;
        let levels = self.levels.as_ref();
        Ok(Inputs {
            windows: self.data.f_index_select(0, &index)?.f_view(size)?,
            levels: levels
                .map(|levels| levels.f_index_select(0, &rows))
                .transpose()?,
        })
    }
}
