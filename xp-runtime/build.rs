//! Passes the engine's link arguments on, to this crate's tests and to the shared library of all experiments.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if let Ok(arguments) = std::env::var("DEP_XP_ENGINE_LINK_ARGUMENTS") {
        println!("cargo::rustc-link-arg={arguments}");
        println!("cargo::metadata=link_arguments={arguments}");
    }
}
