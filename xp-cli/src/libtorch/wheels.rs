//! PyPI's wheels that hold libtorch, fetched by pip and checked by hash. A verified wheel stays, so that a killed set-up resumes.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
    process::Command,
};

use sha2::{Digest as _, Sha256};

use crate::failure::Failure;

/// A wheel by its requirement, file name, size in bytes and SHA-256.
pub(crate) struct Wheel {
    requirement: &'static str,
    file: &'static str,
    size: u64,
    sha256: &'static str,
}

/// The wheels whose files make a CPU libtorch.
pub(crate) const WHEELS: [Wheel; 3] = [
    Wheel {
        requirement: "torch==2.13.0",
        file: "torch-2.13.0-cp311-cp311-manylinux_2_28_x86_64.whl",
        size: 526_574_961,
        sha256: "60fcdcb2f3876e21146cb4524ef06397d727ca9ad5f020818547e25075fe3cb7",
    },
    Wheel {
        requirement: "nvidia-cuda-runtime==13.0.96",
        file: "nvidia_cuda_runtime-13.0.96-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
        size: 2_243_632,
        sha256: "7f82250d7782aa23b6cfe765ecc7db554bd3c2870c43f3d1821f1d18aebf0548",
    },
    Wheel {
        requirement: "nvidia-cuda-cupti==13.0.85",
        file: "nvidia_cuda_cupti-13.0.85-py3-none-manylinux_2_25_x86_64.whl",
        size: 10_715_597,
        sha256: "4eb01c08e859bf924d222250d2e8f8b8ff6d3db4721288cf35d14252a4d933c8",
    },
];

/// Paths of the verified wheels, in the order of [`WHEELS`].
pub(crate) fn fetch(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    fs::create_dir_all(folder)
        .map_err(|cause| Failure::new(format!("failed to make {}: {cause}", folder.display())))?;
    WHEELS
        .iter()
        .map(|wheel| fetch_one(wheel, folder))
        .collect()
}

fn fetch_one(wheel: &Wheel, folder: &Path) -> Result<PathBuf, Failure> {
    let path = folder.join(wheel.file);
    if verified(wheel, &path) {
        return Ok(path);
    }
    // The existing file is truncated or another one.
    let _ = fs::remove_file(&path);
    say!(
        "fetching {} ({} MB) from PyPI",
        wheel.requirement,
        wheel.size / 1_000_000
    );
    let download = |python: &Path| {
        let status = Command::new(python)
            .args([
                "-m",
                "pip",
                "download",
                "--no-deps",
                "--disable-pip-version-check",
                "--only-binary=:all:",
            ])
            .args([
                "--platform",
                "manylinux_2_28_x86_64",
                "--platform",
                "manylinux_2_25_x86_64",
                "--platform",
                "manylinux2014_x86_64",
            ])
            .args([
                "--python-version",
                "311",
                "--implementation",
                "cp",
                "--abi",
                "cp311",
                "--abi",
                "none",
            ])
            .arg("--dest")
            .arg(folder)
            .arg(wheel.requirement)
            .status();
        matches!(status, Ok(status) if status.success())
    };
    if !download(Path::new("python3")) {
        let python = private_python(folder)?;
        if !download(&python) {
            return Err(Failure::new(format!(
                "pip failed to download {}; is PyPI reachable and the disk not full? Else install libtorch 2.13.0 yourself and set LIBTORCH",
                wheel.requirement
            )));
        }
    }
    if verified(wheel, &path) {
        return Ok(path);
    }
    let _ = fs::remove_file(&path);
    Err(Failure::new(format!(
        "{} does not have the SHA-256 that is pinned in xp-cli; it was deleted",
        wheel.file
    )))
}

/// A Python with pip of our own, for systems whose pip is absent.
fn private_python(folder: &Path) -> Result<PathBuf, Failure> {
    let venv = folder.join("venv");
    say!("making a private Python environment in {}", venv.display());
    let made = Command::new("python3")
        .args(["-m", "venv", "--clear"])
        .arg(&venv)
        .status();
    match made {
        Ok(status) if status.success() => Ok(venv.join("bin/python")),
        Ok(_) => Err(Failure::new(
            "pip failed and python3 has no venv; install python3-pip or python3-venv, or set LIBTORCH",
        )),
        Err(cause) => Err(Failure::new(format!(
            "python3 cannot be started ({cause}); install Python 3 with pip, or set LIBTORCH to a libtorch 2.13.0"
        ))),
    }
}

fn verified(wheel: &Wheel, path: &Path) -> bool {
    let size = fs::metadata(path).map(|metadata| metadata.len());
    size.is_ok_and(|size| size == wheel.size)
        && sha256(path).is_ok_and(|found| found == wheel.sha256)
}

fn sha256(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        hash.update(buffer.get(..read).unwrap_or_default());
    }
    Ok(hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_wheel_is_not_verified() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("wheel");
        let wheel = Wheel {
            requirement: "x",
            file: "wheel",
            size: 3,
            sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        };
        assert!(!verified(&wheel, &path));
        fs::write(&path, "ab").unwrap();
        assert!(!verified(&wheel, &path));
        fs::write(&path, "abd").unwrap();
        assert!(!verified(&wheel, &path));
        fs::write(&path, "abc").unwrap();
        assert!(verified(&wheel, &path));
    }
}
