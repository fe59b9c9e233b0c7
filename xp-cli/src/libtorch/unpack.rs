//! Unpacks what libtorch needs from the wheels into a temporary folder, which is renamed when it is whole.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use zip::ZipArchive;

use super::version::VERSION;
use crate::failure::Failure;

/// Libraries by their names in the wheels.
const LIBRARIES: [&str; 5] = [
    "libtorch_cpu.so",
    "libc10.so",
    "libgomp.so.1",
    "libcudart.so.13",
    "libcupti.so.13",
];

/// Unpacks the wheels into `folder`, which is there whole or not at all.
pub(crate) fn libtorch(wheels: &[PathBuf], folder: &Path) -> Result<(), Failure> {
    let temporary = folder.with_extension(format!("{}.tmp", std::process::id()));
    let _ = fs::remove_dir_all(&temporary);
    say!("unpacking libtorch");
    let unpacked = unpack(wheels, &temporary).and_then(|()| {
        // Something unusable may be there from an earlier attempt.
        let _ = fs::remove_dir_all(folder);
        fs::rename(&temporary, folder)
    });
    unpacked.map_err(|cause| {
        let _ = fs::remove_dir_all(&temporary);
        Failure::new(format!(
            "failed to unpack libtorch into {}: {cause}; it needs 1.1 GB of disk",
            folder.display()
        ))
    })
}

fn unpack(wheels: &[PathBuf], folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder.join("lib"))?;
    for wheel in wheels {
        let mut archive = ZipArchive::new(File::open(wheel)?)?;
        for index in 0..archive.len() {
            let mut entry = archive.by_index(index)?;
            // `enclosed_name` refuses paths that lead out of the archive.
            let Some(target) = entry.enclosed_name().and_then(|name| target(&name)) else {
                continue;
            };
            if entry.is_dir() {
                continue;
            }
            let path = folder.join(target);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            io::copy(&mut entry, &mut File::create(path)?)?;
        }
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink("libtorch_cpu.so", folder.join("lib/libtorch.so"))?;
    fs::write(folder.join("build-version"), VERSION)
}

/// Where a wheel's file goes, if it is needed.
fn target(name: &Path) -> Option<PathBuf> {
    if let Ok(header) = name.strip_prefix("torch/include") {
        return Some(Path::new("include").join(header));
    }
    let file = name.file_name()?.to_str()?;
    LIBRARIES
        .contains(&file)
        .then(|| Path::new("lib").join(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_headers_and_needed_libraries_are_taken() {
        for (name, expected) in [
            ("torch/include/c10/macros.h", Some("include/c10/macros.h")),
            ("torch/lib/libtorch_cpu.so", Some("lib/libtorch_cpu.so")),
            (
                "nvidia/cu13/lib/libcudart.so.13",
                Some("lib/libcudart.so.13"),
            ),
            ("torch/lib/libtorch_cuda.so", None),
            ("torch/__init__.py", None),
        ] {
            assert_eq!(
                target(Path::new(name)),
                expected.map(PathBuf::from),
                "{name}"
            );
        }
    }
}
