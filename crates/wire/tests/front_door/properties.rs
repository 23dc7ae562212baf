//! Any parameters at all: never a panic, always a documented code.

use crate::common;
use proptest::prelude::*;
use wire::{Action, codes, fuzz_entry};

fn own_name() -> impl Strategy<Value = String> {
    let mut names: Vec<String> = wire::action::COMMON.map(str::to_owned).to_vec();
    for parameter in Action::ALL.iter().flat_map(|action| action.parameters()) {
        names.push(parameter.name.to_owned());
        for member in parameter.kind.members() {
            names.push(format!("{}.{member}", parameter.name));
        }
    }
    prop_oneof![
        9 => proptest::sample::select(names),
        1 => any::<String>(),
    ]
}

fn any_value() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[0-9.+-]{0,40}",
        "[A-Z0-9]{64}",
        "[A-Z0-9]{35}",
        Just("USD".to_owned()),
        Just("Caller".to_owned()),
        Just("http://shop.example/ipn".to_owned()),
    ]
}

proptest! {
    #[test]
    fn no_parameters_panic(
        action in 0..Action::ALL.len(),
        own in proptest::collection::vec((own_name(), any_value()), 0..20),
    ) {
        let own: Vec<_> = own.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let pairs = common::with(Action::ALL[action].as_str(), &own);
        if let Err(error) = common::ask(&pairs) {
            prop_assert!(codes::find(error.code).is_some(), "{}", error.code);
            prop_assert!(error.message.chars().count() < 1_000);
        }
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        fuzz_entry(&bytes);
    }
}

#[test]
fn the_fuzz_target_runs_on_its_seeds() {
    let head = "AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&SignatureVersion=2&SignatureMethod=HmacSHA256\
                &Signature=x&Timestamp=2009-10-06T07:53:11Z&Version=2008-09-17&Action=";
    for seed in [
        "",
        "&&==&%",
        "Action=VerifySignature&Version=2010-08-28&UrlEndPoint=%00&HttpParameters=%0a",
        "Reserve&TransactionAmount.Value=NaN&CallerReference=%0A%0D",
        "Settle&ReserveTransactionId=%F0%9F%98%80&TransactionAmount.Amount=",
        "Pay&MarketplaceVariableFee=5&OverrideIPNURL=http://[::1",
        "Refund&Refund=%ED%A0%80",
    ] {
        fuzz_entry(seed.as_bytes());
        fuzz_entry(format!("{head}{seed}").as_bytes());
    }
}
