//! Fails where torch-sys would: no libtorch is named, and its own download cannot be reached.

use std::{
    env,
    net::{TcpStream, ToSocketAddrs as _},
    process::ExitCode,
    time::Duration,
};

/// Variables by which torch-sys finds a libtorch; `cargo xp setup` sets the first in `.cargo/libtorch.toml`.
const NAMED: [&str; 4] = [
    "LIBTORCH",
    "LIBTORCH_LIB",
    "LIBTORCH_USE_PYTORCH",
    "DOCS_RS",
];
/// Variables of a proxy, through which the download may be reached.
const PROXIES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
/// Where torch-sys downloads from.
const HOST: &str = "download.pytorch.org:443";
/// How long a connection may take.
const PATIENCE: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=build.rs");
    for name in NAMED.iter().chain(&PROXIES) {
        println!("cargo::rerun-if-env-changed={name}");
    }
    let is_set = |name: &&str| env::var_os(name).is_some_and(|value| !value.is_empty());
    if NAMED.iter().chain(&PROXIES).any(|name| is_set(&name)) || is_reachable() {
        return ExitCode::SUCCESS;
    }
    eprintln!(
        "libtorch is not set up: run `cargo xp setup`, which gets it from PyPI (tch's own download, from {HOST}, cannot be reached)"
    );
    ExitCode::FAILURE
}

fn is_reachable() -> bool {
    let addresses = HOST.to_socket_addrs();
    addresses.is_ok_and(|mut addresses| {
        addresses.any(|address| TcpStream::connect_timeout(&address, PATIENCE).is_ok())
    })
}
