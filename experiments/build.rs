//! Link arguments that let the experiments start directly. It tracks nothing in `src/bin`: that would rebuild all of them
//! when one changes.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if let Ok(arguments) = std::env::var("DEP_XP_RUNTIME_DYLIB_LINK_ARGUMENTS") {
        println!("cargo::rustc-link-arg-bins={arguments}");
    }
}
