//! Windows over one contiguous block of data: gathered per batch, the data set is never copied.

use tch::{Device, Kind, TchError, Tensor};

/// Rows of a data set on a device.
#[derive(Debug)]
pub struct Windows {
    /// `[rows, features]`.
    data: Tensor,
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
            context,
            features,
            offsets,
        })
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

    /// Device of the data.
    pub fn device(&self) -> Device {
        self.data.device()
    }

    /// The windows that end at `rows`, `[batch, context, features]`.
    pub fn gather(&self, rows: &[i64]) -> Result<Tensor, TchError> {
        let ends = Tensor::f_from_slice(rows)?
            .f_to_device(self.device())?
            .f_unsqueeze(1)?;
        let index = ends.f_add(&self.offsets)?.f_reshape([-1])?;
        self.data.f_index_select(0, &index)?.f_view([
            rows.len() as i64,
            self.context,
            self.features,
        ])
    }
}
