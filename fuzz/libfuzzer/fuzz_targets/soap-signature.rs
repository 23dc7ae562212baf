#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    fuzz::entry("soap-signature").expect("a known entry")(bytes);
});
