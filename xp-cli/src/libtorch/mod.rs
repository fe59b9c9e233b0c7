//! libtorch for tch, from what is there or from PyPI's wheels, checked by hash, resumable, done once.

mod config;
mod unpack;
mod version;
mod wheels;

use std::{
    fs::{self, File, OpenOptions},
    path::{Path, PathBuf},
    process::Command,
};

use xp_spec::files::Workspace;

use crate::failure::Failure;
use version::VERSION;

/// Makes libtorch available to plain cargo commands; with its CUDA libraries where they are wanted.
pub(crate) fn provide(workspace: &Workspace, cuda: bool) -> Result<(), Failure> {
    let named = std::env::var_os("LIBTORCH").filter(|folder| !folder.is_empty());
    if let Some(folder) = named.map(PathBuf::from) {
        if let Err(reason) = usable(&folder) {
            return Err(Failure::new(format!(
                "LIBTORCH is {}, which cannot be used: {reason}; correct or unset it, or delete .cargo/libtorch.toml",
                folder.display()
            )));
        }
        if !cuda || folder.join("lib/libtorch_cuda.so").exists() {
            return config::write(workspace, &folder);
        }
    }
    let cache = cache_folder()?;
    let folder = cache.join(format!(
        "libtorch-{VERSION}-{}",
        if cuda { "cuda" } else { "cpu" }
    ));
    let usable_cuda = |folder: &Path| !cuda || folder.join("lib/libtorch_cuda.so").exists();
    // It is put there whole: what is there needs no lock, which an image that nobody writes to has not.
    if usable(&folder).is_ok() && usable_cuda(&folder) {
        return config::write(workspace, &folder);
    }
    fs::create_dir_all(&cache)
        .map_err(|cause| Failure::new(format!("failed to make {}: {cause}", cache.display())))?;
    let _lock = lock(&cache)?;
    if usable(&folder).is_ok() && usable_cuda(&folder) {
        return config::write(workspace, &folder);
    }
    if let Some(found) = python_torch().filter(|found| usable(found).is_ok() && usable_cuda(found))
    {
        say!("libtorch: using Python's torch in {}", found.display());
        return config::write(workspace, &found);
    }
    if cuda {
        return Err(Failure::new(format!(
            "no torch {VERSION} with CUDA was found; run `python3 -m pip install torch=={VERSION}` (its wheels bring CUDA), then \
             `cargo xp setup --cuda` again, or name a CUDA libtorch in LIBTORCH"
        )));
    }
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Err(Failure::new(format!(
            "wheels are known for Linux on x86-64 only; install libtorch {VERSION} and set LIBTORCH, or let tch download it: plain `cargo build`"
        )));
    }
    room(&cache)?;
    let wheels = wheels::fetch(&cache.join("wheels"))?;
    unpack::libtorch(&wheels, &folder)?;
    usable(&folder)
        .map_err(|reason| Failure::new(format!("{} is not usable: {reason}", folder.display())))?;
    config::write(workspace, &folder)?;
    say!("libtorch {VERSION} is in {}", folder.display());
    Ok(())
}

/// What libtorch plain cargo commands use, for people.
pub(crate) fn state() -> String {
    let Some(folder) = std::env::var_os("LIBTORCH").filter(|folder| !folder.is_empty()) else {
        return format!("not set up ({VERSION} is needed); `cargo xp setup` gets it");
    };
    let folder = PathBuf::from(folder);
    let found = fs::read_to_string(folder.join("build-version")).unwrap_or_default();
    let cuda = folder.join("lib/libtorch_cuda.so").exists();
    let state = match usable(&folder) {
        Ok(()) => format!("usable, {}", if cuda { "with CUDA" } else { "CPU only" }),
        Err(reason) => format!("cannot be used: {reason}"),
    };
    format!("{} in {}, {state}", found.trim(), folder.display())
}

/// Wheels of 515 MiB and 486 MiB that are unpacked from them, and some room for pip.
const NEEDED: u64 = 1200 << 20;

/// Refuses a disk that is too full before half a gigabyte is fetched; unknown free space refuses nothing.
fn room(cache: &Path) -> Result<(), Failure> {
    match fs4::available_space(cache) {
        Ok(free) if free < NEEDED => Err(Failure::new(format!(
            "{} MiB are free for {}, libtorch needs {} MiB; make room there, or name another folder in XDG_CACHE_HOME",
            free >> 20,
            cache.display(),
            NEEDED >> 20
        ))),
        _ => Ok(()),
    }
}

/// Whether a folder is a libtorch that tch can use.
fn usable(folder: &Path) -> Result<(), String> {
    for file in [
        "lib/libtorch_cpu.so",
        "lib/libc10.so",
        "lib/libtorch.so",
        "include/torch/csrc/api/include/torch/torch.h",
    ] {
        let other = file.replace(".so", ".dylib");
        if !folder.join(file).exists() && !folder.join(other).exists() {
            return Err(format!("it has no {file}"));
        }
    }
    match fs::read_to_string(folder.join("build-version")) {
        Ok(version) if version.trim().split('+').next() != Some(VERSION) => Err(format!(
            "it is version {}, {VERSION} is needed",
            version.trim()
        )),
        _ => Ok(()),
    }
}

/// Folder of an importable Python torch of the right version.
fn python_torch() -> Option<PathBuf> {
    let script = "import importlib.metadata as m, importlib.util as u; \
                  print(m.version('torch')); print(u.find_spec('torch').submodule_search_locations[0])";
    let output = Command::new("python3").args(["-c", script]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let mut lines = text.lines();
    let version = lines.next()?;
    (version.split('+').next() == Some(VERSION)).then(|| lines.next().map(PathBuf::from))?
}

fn cache_folder() -> Result<PathBuf, Failure> {
    let base = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(|| std::env::home_dir().map(|home| home.join(".cache")))
        .ok_or_else(|| Failure::new("neither XDG_CACHE_HOME nor HOME is set; set one"))?;
    Ok(base.join("cargo-xp"))
}

/// One set-up at a time; a second one waits.
fn lock(cache: &Path) -> Result<File, Failure> {
    let path = cache.join("setup.lock");
    let failed =
        |cause: std::io::Error| Failure::new(format!("failed to lock {}: {cause}", path.display()));
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(failed)?;
    if file.try_lock().is_err() {
        say!("another set-up is running: waiting for it");
        file.lock().map_err(failed)?;
    }
    Ok(file)
}
