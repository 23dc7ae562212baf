//! Whatever takes bytes from outside, as entry points that must never panic.
//!
//! The same entry points run in two ways: under libFuzzer (`fuzz/libfuzzer`, one target each, with
//! `cargo fuzz run <name>` there), and on their seeds and on random bytes in the ordinary tests.

use money::{Amount, Currency, Rate};
use payments::instruction::{INSTRUCTION_CHARS_MAX, Instruction};
use payments::period::Period;
use payments::rows::TokenType;
use payments::{AccessKeyId, CallerReference, TokenId, TransactionId};

/// An entry point: takes any bytes, checks what it can about the outcome, never panics.
pub type Entry = fn(&[u8]);

/// Every entry point with the name of its seeds' folder and its libFuzzer target.
pub const ENTRIES: [(&str, Entry); 11] = [
    ("form", signing::form::fuzz_entry),
    ("url", signing::url::fuzz_entry),
    ("verify-signature", verify_signature),
    ("query-call", query_call),
    ("xml", xml::fuzz_entry),
    ("soap-signature", signing::soap::fuzz_entry),
    ("soap-message", wire::fuzz_soap_entry),
    ("amount", amount),
    ("ids", ids),
    ("settings", settings),
    ("instruction", instruction),
];

/// The entry point of that name.
pub fn entry(name: &str) -> Option<Entry> {
    ENTRIES
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, entry)| *entry)
}

fn verify_signature(bytes: &[u8]) {
    signing::verification::fuzz_entry(&[], bytes);
}

fn query_call(bytes: &[u8]) {
    wire::fuzz_entry(bytes);
}

/// What is read as an amount or a rate is printed so that it reads the same again.
fn amount(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(amount) = Amount::parse(text, Currency::USD) {
        assert_eq!(
            Amount::parse(&amount.to_six_decimals(), Currency::USD),
            Ok(amount)
        );
    }
    if let Ok(rate) = Rate::parse_percent(text) {
        assert_eq!(Rate::parse_percent(&rate.to_percent()), Ok(rate));
    }
}

/// An id that names a row gives the same id again when it is made of that row.
fn ids(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(id) = TransactionId::parse(text)
        && let (Some(key), Some(nonce)) = (id.key(), id.nonce())
    {
        assert_eq!(TransactionId::of(key, &nonce), id);
    }
    if let Ok(id) = TokenId::parse(text)
        && let (Some(key), Some(nonce)) = (id.key(), id.nonce())
    {
        assert_eq!(TokenId::of(key, &nonce), id);
    }
    let _ = CallerReference::parse(text);
    let _ = AccessKeyId::parse(text);
    let _ = Period::parse(text);
}

/// What is read as a payment instruction is printed so that it reads the same again.
fn instruction(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(read) = Instruction::parse(text) {
        let _ = read.declared(TokenType::MultiUse);
        // A list of many short values may print longer than it was written.
        let printed = read.to_string();
        if printed.chars().count() <= INSTRUCTION_CHARS_MAX {
            assert_eq!(Instruction::parse(&printed), Ok(read));
        }
    }
}

fn settings(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = server::config::File::parse(text);
    }
}

#[cfg(test)]
mod tests {
    use super::ENTRIES;
    use proptest::prelude::*;
    use std::path::Path;

    #[test]
    fn every_entry_survives_its_seeds() {
        let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
        for (name, entry) in ENTRIES {
            let folder = std::fs::read_dir(seeds.join(name)).expect("every entry has seeds");
            let files: Vec<_> = folder.map(|file| file.expect("readable").path()).collect();
            assert!(!files.is_empty(), "{name} has no seeds");
            for file in files {
                let bytes = std::fs::read(&file).expect("readable");
                entry(&bytes);
                // And with its end cut off, and with every byte spoiled in turn.
                for cut in 0..bytes.len().min(512) {
                    entry(&bytes[..cut]);
                    let mut spoiled = bytes.clone();
                    spoiled[cut] ^= 0x80;
                    entry(&spoiled);
                }
            }
        }
    }

    #[test]
    fn every_entry_has_a_libfuzzer_target() {
        let targets = Path::new(env!("CARGO_MANIFEST_DIR")).join("libfuzzer/fuzz_targets");
        for (name, _) in ENTRIES {
            let target = targets.join(format!("{name}.rs"));
            assert!(target.is_file(), "{} is missing", target.display());
        }
    }

    proptest! {
        #[test]
        fn every_entry_survives_anything(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            for (_, entry) in ENTRIES {
                entry(&bytes);
            }
        }
    }
}
