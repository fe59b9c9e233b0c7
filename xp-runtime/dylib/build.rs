//! Passes `xp-runtime`'s link arguments on, to the shared library and to the experiments that use it.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if let Ok(arguments) = std::env::var("DEP_XP_RUNTIME_LINK_ARGUMENTS") {
        println!("cargo::rustc-link-arg={arguments}");
        // Its calls of its own functions are bound when it is linked; else each start looks 300,000 symbols up (0.3 s).
        println!("cargo::rustc-link-arg=-Wl,-Bsymbolic-functions");
        println!("cargo::metadata=link_arguments={arguments}");
    }
}
