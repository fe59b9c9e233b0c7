pub use tch; pub use xp_data::polars;
pub fn go()->f64{ let t=tch::Tensor::randn([3,3],(tch::Kind::Float,tch::Device::Cpu)); let df=polars::prelude::df!("a"=>[1.0f64,2.0]).unwrap(); println!("{df:?}"); t.sum(tch::Kind::Double).double_value(&[]) }
