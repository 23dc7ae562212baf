#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    fuzz::entry("query-call").expect("a known entry")(bytes);
});
