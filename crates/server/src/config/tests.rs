//! Settings: what is taken, what is refused, and that every one is documented.

use super::*;

fn nothing(_: &str) -> Option<String> {
    None
}

fn check(text: &str) -> Result<Settings, String> {
    let file = File::parse(text).map_err(|error| error.to_string())?;
    Settings::check(&file, None).map_err(|error| error.to_string())
}

#[test]
fn defaults_are_a_sandbox_on_loopback() {
    let settings = Settings::load_with(&Flags::default(), &nothing).expect("defaults");
    assert_eq!(settings.listen.to_string(), "127.0.0.1:8480");
    assert_eq!(settings.mode, Mode::Sandbox);
    assert_eq!(settings.fees, FeeSchedule::historical(Currency::USD));
}

#[test]
fn flags_stand_over_the_environment() {
    let environment = |name: &str| match name {
        "HOLDFAST_LISTEN" => Some("127.0.0.1:1".to_owned()),
        "HOLDFAST_DATA" => Some("/there".to_owned()),
        _ => None,
    };
    let flags = Flags {
        listen: Some("127.0.0.1:2".to_owned()),
        ..Flags::default()
    };
    let settings = Settings::load_with(&flags, &environment).expect("good");
    assert_eq!(settings.listen.port(), 2);
    assert_eq!(settings.data, PathBuf::from("/there"));
}

#[test]
fn bad_settings_are_named() {
    let cases = [
        ("listen = 'here'", "`listen`"),
        ("listen = '0.0.0.0:80'", "`listen`"),
        ("mode = 'production'", "`mode`"),
        (
            "mode = 'production'\nsandbox_accept_unknown_tokens = true",
            "`sandbox_accept_unknown_tokens`",
        ),
        ("mode = 'test'", "`mode`"),
        ("database = 'mysql://x'", "`database`"),
        ("tls_key = '/nowhere'", "`tls_certificate`"),
        ("trusted_proxies = ['proxy']", "`trusted_proxies`"),
        ("queue_commands_max = 1", "`queue_commands_max`"),
        ("processor_calls_max = 4097", "`processor_calls_max`"),
        ("amount_max = '0'", "`amount_max`"),
        ("limited_account_max = '0.001'", "`limited_account_max`"),
        ("certificate_base_url = 'ftp://x'", "`certificate_base_url`"),
        ("[[fees.card]]\npercent = '101'", "`fees.card.percent`"),
        (
            "[[fees.card]]\nround_to = 'dollars'",
            "`fees.card.round_to`",
        ),
        ("[[fees.balance]]\nfixed = '-1'", "`fees.balance.fixed`"),
        ("colour = 'red'", "colour"),
    ];
    for (text, named) in cases {
        let error = check(text).expect_err(text);
        assert!(error.contains(named), "{text}: {error}");
    }
}

#[test]
fn a_fee_schedule_is_read() {
    let text = "[[fees.card]]\nfrom = '0'\npercent = '1.5'\nfixed = '0.25'\n";
    let settings = check(text).expect("good");
    let ten = Amount::from_cents(1_000, Currency::USD).expect("ten");
    let rule = settings
        .fees
        .rule_for(payments::rows::PaymentMethod::Card, ten);
    assert_eq!(rule.fee_on(ten), Amount::from_cents(40, Currency::USD));
}

#[test]
fn every_setting_is_documented() {
    let page = include_str!("../../../../docs/configuration.md");
    for name in file::NAMES {
        let short = name.rsplit('.').next().unwrap_or(name);
        let found = page.contains(&format!("`{name}`")) || page.contains(&format!("`{short}`"));
        assert!(found, "docs/configuration.md has no line for `{name}`");
    }
}
