//! Passes `xp-runtime`'s link arguments on, to the shared library and to the experiments that use it.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if let Ok(arguments) = std::env::var("DEP_XP_RUNTIME_LINK_ARGUMENTS") {
        println!("cargo::rustc-link-arg={arguments}");
        println!("cargo::metadata=link_arguments={arguments}");
    }
}
