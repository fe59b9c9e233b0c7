//! Test samples that nothing outside of the training module can look into (F39). `tests/house` compiles this file into another crate, and
//! there, a search that opens it does not compile.

use xp_engine::train::{Fitted, Region};

/// Test samples. Only the module above this one can open them, and only beside a model that is selected already.
#[derive(Debug)]
pub(crate) struct SealedTest(Region);

impl SealedTest {
    /// Seals test samples.
    pub(crate) fn seal(region: Region) -> Self {
        Self(region)
    }

    pub(super) fn open(&self, _selected: &Fitted) -> &Region {
        &self.0
    }
}
