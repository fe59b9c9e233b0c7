//! Subnormal products are 0 in every thread of libtorch.

use std::thread;

use tch::{Device, Kind, Tensor};
use xp_host::subnormals;

/// Products that are subnormal and not 0, of a million products of 1e-20: enough for libtorch to use all of its threads.
fn subnormal_products() -> i64 {
    let factor = Tensor::full([1 << 20], 1e-20, (Kind::Float, Device::Cpu));
    (&factor * &factor)
        .count_nonzero(None::<i64>)
        .int64_value(&[])
}

#[test]
fn libtorch_flushes_subnormals_in_all_of_its_threads() {
    tch::set_num_threads(2);
    // Each thread that calls libtorch has workers of its own, which inherit its setting.
    let products = |flush: bool| {
        thread::spawn(move || {
            if flush {
                subnormals::flush();
            }
            subnormal_products()
        })
        .join()
    };
    assert_eq!(products(false).ok(), Some(1 << 20));
    assert_eq!(products(true).ok(), Some(0));
}
