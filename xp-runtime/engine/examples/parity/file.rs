//! A reference file: metadata and tensors. Its header is checked before anything is believed.

use std::{collections::BTreeMap, path::Path};

use safetensors::{Dtype, SafeTensors};
use serde_json::Value;
use tch::{Kind, Tensor};

/// Metadata `config` and all tensors by name.
pub(crate) struct File {
    pub(crate) config: Value,
    pub(crate) tensors: BTreeMap<String, Tensor>,
}

/// Reads a file; the error says what is wrong with it.
pub(crate) fn read(path: &Path) -> Result<File, String> {
    let about = std::fs::metadata(path).map_err(|cause| format!("cannot be read: {cause}"))?;
    if !about.is_file() {
        return Err("is no file".to_owned());
    }
    let bytes = std::fs::read(path).map_err(|cause| format!("cannot be read: {cause}"))?;
    let (_, header) = SafeTensors::read_metadata(&bytes)
        .map_err(|cause| format!("is no safetensors file, or is cut off: {cause}"))?;
    let content = SafeTensors::deserialize(&bytes)
        .map_err(|cause| format!("is no safetensors file, or is cut off: {cause}"))?;
    let config = header
        .metadata()
        .as_ref()
        .and_then(|metadata| metadata.get("config"))
        .ok_or("has no metadata `config`, which says what the model is")?;
    let config = serde_json::from_str(config)
        .map_err(|cause| format!("metadata `config` is no JSON: {cause}"))?;
    let mut tensors = BTreeMap::new();
    for (name, view) in content.iter() {
        let kind = kind(view.dtype())
            .ok_or_else(|| format!("tensor `{name}` has type {:?}", view.dtype()))?;
        let size = view
            .shape()
            .iter()
            .map(|&length| i64::try_from(length))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|cause| format!("tensor `{name}`: {cause}"))?;
        let tensor = if view.data().is_empty() {
            Tensor::f_zeros(&size, (kind, tch::Device::Cpu))
        } else {
            Tensor::f_from_data_size(view.data(), &size, kind)
        };
        let tensor = tensor.map_err(|cause| format!("tensor `{name}`: {cause}"))?;
        tensors.insert(name.to_owned(), tensor);
    }
    Ok(File { config, tensors })
}

fn kind(dtype: Dtype) -> Option<Kind> {
    Some(match dtype {
        Dtype::F64 => Kind::Double,
        Dtype::F32 => Kind::Float,
        Dtype::F16 => Kind::Half,
        Dtype::BF16 => Kind::BFloat16,
        Dtype::I64 => Kind::Int64,
        Dtype::I32 => Kind::Int,
        Dtype::I16 => Kind::Int16,
        Dtype::I8 => Kind::Int8,
        Dtype::U8 => Kind::Uint8,
        Dtype::BOOL => Kind::Bool,
        _ => return None,
    })
}
