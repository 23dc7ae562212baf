#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    fuzz::entry("instruction").expect("a known entry")(bytes);
});
