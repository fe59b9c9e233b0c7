//! Is the model that of a reference? Builds it from the metadata of a file of `reference/*.safetensors`' kinds, loads its weights, and
//! prints the largest differences of forward pass, loss and gradients; exit code 1 above 1e-5 (gradients: 1e-4), 2 where the file is
//! not one that can be compared.
//!
//! `cargo run -p xp-engine --example parity -- FILE.safetensors…`

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "what it finds is what it prints"
)]

mod compare;
mod config;
mod file;

use std::process::ExitCode;

fn main() -> ExitCode {
    tch::set_num_threads(1);
    let paths: Vec<String> = std::env::args().skip(1).collect();
    if paths.is_empty() {
        eprintln!("usage: parity FILE.safetensors…");
        return ExitCode::from(2);
    }
    let mut code = 0;
    for path in paths {
        println!("{path}");
        let found = file::read(path.as_ref()).and_then(|file| compare::compare(&file));
        match found {
            Ok(comparison) => {
                print!("{}", comparison.text());
                code = code.max(u8::from(!comparison.passes()));
            }
            Err(cause) => {
                eprintln!("error: {path}: {cause}");
                code = 2;
            }
        }
    }
    ExitCode::from(code)
}
