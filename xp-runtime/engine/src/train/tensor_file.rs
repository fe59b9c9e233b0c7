//! Safetensors files, written and read in pieces, so that weights of gigabytes are never held twice; written by a temporary name,
//! synced and renamed. Files are untrusted: a wrong one is an error that says what is wrong. Each tensor has a checksum in the header, which
//! other readers of the format pass over.

use std::{
    collections::HashMap,
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use safetensors::tensor::{Dtype, Metadata, TensorInfo};
use serde_json::Value;
use tch::{Kind, Tensor, no_grad};
use xp_spec::files::replace;
use xxhash_rust::xxh3::Xxh3;

/// Values copied at once.
const PIECE: i64 = 4 << 20;
/// Bytes of a header; the format's own limit.
const MOST_HEADER: u64 = 100_000_000;

/// Writes contiguous tensors. On any error the earlier file is untouched and the temporary one is removed.
pub fn write(path: &Path, tensors: &[(String, Tensor)]) -> io::Result<()> {
    replace(path, |file| fill(file, tensors))
}

fn fill(file: &mut File, tensors: &[(String, Tensor)]) -> io::Result<()> {
    let mut infos = Vec::with_capacity(tensors.len());
    let mut end = 0;
    for (name, tensor) in tensors {
        let start = end;
        end += tensor.numel() * tensor.kind().elt_size_in_bytes();
        infos.push((
            name.clone(),
            TensorInfo {
                dtype: dtype(tensor.kind())?,
                shape: tensor.size().iter().map(|&side| side as usize).collect(),
                data_offsets: (start, end),
            },
        ));
    }
    // Without a format transformers opens no file.
    let mut notes: HashMap<String, String> = [("format".to_owned(), "pt".to_owned())].into();
    for (name, tensor) in tensors {
        notes.insert(checksum_key(name), checksum(tensor)?);
    }
    let metadata = Metadata::new(Some(notes), infos).map_err(io::Error::other)?;
    let mut header = serde_json::to_value(&metadata)?;
    // The checksums come in the order of a hash map, and equal weights are equal files.
    if let Some(notes) = header
        .get_mut("__metadata__")
        .and_then(Value::as_object_mut)
    {
        notes.sort_keys();
    }
    let mut header = serde_json::to_vec(&header)?;
    header.resize(header.len().next_multiple_of(8), b' ');
    file.write_all(&(header.len() as u64).to_le_bytes())?;
    file.write_all(&header)?;
    let mut bytes = Vec::new();
    for (_, tensor) in tensors {
        for piece in pieces(tensor)? {
            copy(&piece, &mut bytes)?;
            file.write_all(&bytes)?;
        }
    }
    Ok(())
}

/// Copies the bytes of a contiguous tensor into a buffer, which takes its size.
fn copy(piece: &Tensor, bytes: &mut Vec<u8>) -> io::Result<()> {
    bytes.resize(piece.numel() * piece.kind().elt_size_in_bytes(), 0);
    piece
        .f_copy_data_u8(bytes, piece.numel())
        .map_err(io::Error::other)
}

/// The key of a tensor's checksum in the header's metadata.
fn checksum_key(name: &str) -> String {
    format!("xxh3:{name}")
}

/// XXH3 of the bytes of a tensor, 16 hex digits.
fn checksum(tensor: &Tensor) -> io::Result<String> {
    let mut hash = Xxh3::new();
    let mut bytes = Vec::new();
    for piece in pieces(tensor)? {
        copy(&piece, &mut bytes)?;
        hash.update(&bytes);
    }
    Ok(format!("{:016x}", hash.digest()))
}

/// A safetensors file whose header is valid and agrees with its length.
#[derive(Debug)]
pub(crate) struct TensorFile {
    path: PathBuf,
    file: File,
    start: u64,
    metadata: Metadata,
}

impl TensorFile {
    /// Opens a file; the error says what is wrong with it.
    pub(crate) fn open(path: &Path) -> Result<Self, String> {
        let wrong = |what: String| format!("{} {what}", path.display());
        let unreadable = |cause: io::Error| wrong(format!("cannot be read: {cause}"));
        let mut file = File::open(path).map_err(unreadable)?;
        let length = file.metadata().map_err(unreadable)?.len();
        let mut count = [0; 8];
        file.read_exact(&mut count)
            .map_err(|_| wrong("is truncated: it has no header".to_owned()))?;
        let count = u64::from_le_bytes(count);
        if count > MOST_HEADER || count.saturating_add(8) > length {
            return Err(wrong("is truncated or no safetensors file".to_owned()));
        }
        let mut header = vec![0; count as usize];
        file.read_exact(&mut header).map_err(unreadable)?;
        let metadata: Metadata = serde_json::from_slice(&header)
            .map_err(|cause| wrong(format!("is no safetensors file: {cause}")))?;
        let start = 8 + count;
        let expected = start.saturating_add(metadata.data_len() as u64);
        if length != expected {
            return Err(wrong(format!(
                "is truncated or corrupt: it has {length} bytes, its header says {expected}"
            )));
        }
        Ok(Self {
            path: path.to_owned(),
            file,
            start,
            metadata,
        })
    }

    /// Reads tensors by name into storage that is there; all must be in the file with these shapes and types, and no others, and their bytes
    /// must have their checksums.
    pub(crate) fn read_into(&mut self, tensors: &[(String, Tensor)]) -> Result<(), String> {
        let wrong = |what: String| format!("{} {what}", self.path.display());
        let count = self.metadata.offset_keys().len();
        if count != tensors.len() {
            return Err(wrong(format!(
                "has {count} tensors, {} are expected",
                tensors.len()
            )));
        }
        // All are checked before one is read: a wrong file changes nothing.
        let mut places = Vec::with_capacity(tensors.len());
        for (name, tensor) in tensors {
            let info = self
                .metadata
                .info(name)
                .ok_or_else(|| wrong(format!("has no `{name}`")))?;
            let shape: Vec<i64> = info.shape.iter().map(|&side| side as i64).collect();
            if shape != tensor.size() || Some(info.dtype) != dtype(tensor.kind()).ok() {
                return Err(wrong(format!(
                    "has `{name}` as {:?} {shape:?}, expected {:?} {:?}",
                    info.dtype,
                    tensor.kind(),
                    tensor.size()
                )));
            }
            places.push(info.data_offsets.0 as u64);
            self.verify(name, info)?;
        }
        let path = self.path.clone();
        let failed = |cause: String| format!("{} cannot be read: {cause}", path.display());
        let mut bytes = Vec::new();
        for ((_, tensor), place) in tensors.iter().zip(places) {
            self.file
                .seek(SeekFrom::Start(self.start + place))
                .map_err(|cause| failed(cause.to_string()))?;
            for mut piece in pieces(tensor).map_err(|cause| failed(cause.to_string()))? {
                bytes.resize(piece.numel() * piece.kind().elt_size_in_bytes(), 0);
                self.file
                    .read_exact(&mut bytes)
                    .map_err(|cause| failed(cause.to_string()))?;
                Tensor::f_from_data_size(&bytes, &piece.size(), piece.kind())
                    .and_then(|values| no_grad(|| piece.f_copy_(&values)))
                    .map_err(|cause| failed(cause.to_string()))?;
            }
        }
        Ok(())
    }

    /// Compares the bytes of all tensors with their checksums.
    pub(crate) fn verify_all(&self) -> Result<(), String> {
        for name in self.metadata.offset_keys() {
            if let Some(info) = self.metadata.info(&name) {
                self.verify(&name, info)?;
            }
        }
        Ok(())
    }

    /// Compares the bytes of a tensor with its checksum.
    fn verify(&self, name: &str, info: &TensorInfo) -> Result<(), String> {
        let wrong = |what: String| format!("{} {what}", self.path.display());
        let failed = |cause: io::Error| wrong(format!("cannot be read: {cause}"));
        let notes = self.metadata.metadata().as_ref();
        let expected = notes
            .and_then(|notes| notes.get(&checksum_key(name)))
            .ok_or_else(|| wrong(format!("is corrupt: `{name}` has no checksum")))?;
        let mut file = &self.file;
        let (start, end) = info.data_offsets;
        file.seek(SeekFrom::Start(self.start + start as u64))
            .map_err(failed)?;
        let mut hash = Xxh3::new();
        let mut left = end.saturating_sub(start);
        let mut block = vec![0; BLOCK.min(left)];
        while left > 0 {
            let part = block.len().min(left);
            let bytes = block.get_mut(..part).unwrap_or_default();
            file.read_exact(bytes).map_err(failed)?;
            hash.update(bytes);
            left -= part;
        }
        let found = format!("{:016x}", hash.digest());
        if found != *expected {
            return Err(wrong(format!(
                "is damaged: `{name}` has checksum {found}, was written with {expected}"
            )));
        }
        Ok(())
    }
}

/// Bytes hashed at once.
const BLOCK: usize = 1 << 20;

/// Views of a contiguous tensor, one after the other.
fn pieces(tensor: &Tensor) -> io::Result<Vec<Tensor>> {
    let flat = tensor
        .f_detach()
        .and_then(|tensor| tensor.f_view([-1]))
        .map_err(io::Error::other)?;
    let count = flat.numel() as i64;
    (0..count)
        .step_by(PIECE as usize)
        .map(|start| {
            flat.f_narrow(0, start, PIECE.min(count - start))
                .map_err(io::Error::other)
        })
        .collect()
}

fn dtype(kind: Kind) -> io::Result<Dtype> {
    match kind {
        Kind::Float => Ok(Dtype::F32),
        Kind::BFloat16 => Ok(Dtype::BF16),
        Kind::Uint8 => Ok(Dtype::U8),
        other => Err(io::Error::other(format!(
            "{other:?} is not stored in checkpoints"
        ))),
    }
}
