//! Links the program for a fixed address where that makes it start faster.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let target = |name: &str| std::env::var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default();
    // The time zone table holds some 30,000 pointers. In a position-independent
    // program the loader writes every one of them at each start, zone or no zone,
    // which is a sixth of the time that a call for one ticket takes.
    if target("OS") == "linux" && target("ENV") == "gnu" {
        println!("cargo:rustc-link-arg-bins=-no-pie");
    }
}
