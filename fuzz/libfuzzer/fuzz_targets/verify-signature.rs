#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    fuzz::entry("verify-signature").expect("a known entry")(bytes);
});
