fn main(){println!("{}",xp_runtime::go());}
