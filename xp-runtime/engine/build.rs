//! Passes on where libtorch and libstd are, so that every binary that links the engine starts directly.

use std::{env, path::Path, process::Command};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let libtorch = env::var("DEP_TCH_LIBTORCH_LIB").ok();
    let rustlib = toolchain_lib();
    let rpath: Vec<&str> = ["$ORIGIN", "$ORIGIN/deps", "$ORIGIN/.."]
        .into_iter()
        .chain(rustlib.as_deref())
        .chain(libtorch.as_deref())
        .collect();
    let rpath = rpath.join(":");
    // DT_RPATH instead of DT_RUNPATH: it also serves the libraries of the dylib, not the binary's own only.
    let arguments = format!("-Wl,--disable-new-dtags,-rpath,{rpath}");
    println!("cargo::rustc-link-arg={arguments}");
    println!("cargo::metadata=link_arguments={arguments}");
}

/// The folder of the toolchain's `libstd-*.so`, which a dylib needs at run time.
fn toolchain_lib() -> Option<String> {
    let rustc = env::var_os("RUSTC")?;
    let output = Command::new(rustc)
        .args(["--print", "target-libdir"])
        .output()
        .ok()?;
    let folder = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    Path::new(&folder).is_dir().then_some(folder)
}
