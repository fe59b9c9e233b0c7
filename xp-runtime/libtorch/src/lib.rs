//! Nothing at run time: its build script says how to get libtorch where there is none, within the first seconds of a build. The one of
//! torch-sys, which the engine needs, fails minutes later and with thirty lines of a panic.
