//! Tensors' memory as slices, for kernels of our own.
#![allow(
    unsafe_code,
    reason = "tch has no safe view of a tensor's memory; each view checks device, kind and layout first"
)]

use tch::{Device, Kind, TchError, Tensor};

/// Values of a contiguous f32 tensor on the CPU.
pub(crate) fn values(tensor: &Tensor) -> Result<&[f32], TchError> {
    let len = checked(tensor)?;
    // SAFETY: the tensor owns `len` f32 at its pointer while it is borrowed; no other thread has it, and what writes to shared storage
    // takes its own view, never while this one lives.
    Ok(unsafe { std::slice::from_raw_parts(tensor.data_ptr().cast::<f32>(), len) })
}

/// Values of a contiguous f32 tensor on the CPU, to be written; whoever shares its storage sees them.
pub(crate) fn values_mut(tensor: &mut Tensor) -> Result<&mut [f32], TchError> {
    let len = checked(tensor)?;
    // SAFETY: as above; callers hold one view of a storage at a time.
    Ok(unsafe { std::slice::from_raw_parts_mut(tensor.data_ptr().cast::<f32>(), len) })
}

fn checked(tensor: &Tensor) -> Result<usize, TchError> {
    let fits = tensor.device() == Device::Cpu
        && tensor.f_kind()? == Kind::Float
        && tensor.is_contiguous()
        && tensor.numel() > 0;
    if fits {
        Ok(tensor.numel())
    } else {
        Err(TchError::Torch(
            "a kernel wants contiguous f32 values on the CPU".to_owned(),
        ))
    }
}
