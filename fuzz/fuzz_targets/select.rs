#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sotickets_fuzz::select(bytes));
