//! The files of a seed's selected weights.

use std::path::{Path, PathBuf};

use xp_engine::train::{Fitted, export, tensor_file};

use crate::{
    context::{Context, RunError},
    preflight::require_claimed,
};

/// Where the weights of a seed are.
pub(super) fn path(context: &Context, seed: u64) -> PathBuf {
    context.folder().join(format!("seed_{seed}.safetensors"))
}

/// Saves the selected weights as `seed_{seed}.safetensors`, those of independent channels for transformers too.
pub(super) fn save(
    context: &Context,
    fitted: &Fitted,
    seed: u64,
) -> Result<Vec<PathBuf>, RunError> {
    require_claimed(&context.folder())?;
    let failed = |path: &Path, cause: std::io::Error| {
        RunError::Failed(format!(
            "failed to write {}: {cause}; what was there before is untouched",
            path.display()
        ))
    };
    let weights = path(context, seed);
    tensor_file::write(&weights, &fitted.model.named()).map_err(|cause| failed(&weights, cause))?;
    let folder = context.folder().join(format!("seed_{seed}.transformers"));
    let exported = export(&fitted.model, &folder).map_err(|cause| failed(&folder, cause))?;
    let mut files = vec![weights];
    if exported {
        files.extend(["config.json", "model.safetensors"].map(|name| folder.join(name)));
    }
    Ok(files)
}
