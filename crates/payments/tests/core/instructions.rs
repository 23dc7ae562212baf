//! Payment instructions: every text that the documents or clients show, what is wrong with others, and
//! what a token does that was installed from one.

use money::{Amount, Currency, Rate};
use payments::commands::{InstallInstruction, Pay};
use payments::instruction::{Instruction, Problem, Proposed, Role};
use payments::period::Period;
use payments::rows::{Payer, PaymentMethod, TokenStatus, TokenType, UsageLimit, UsageLimitKind};
use payments::{Outcome, Party, PaymentAsked, Refusal, Timestamp, TokenId};
use test_kit::World;

const TOKEN: &str = "R53ILMLCG6Z8J431H7BX3UMN3FFQU8VSNTSRNCTAASDJNX66LNZLKSZU3PI7TXIH";

pub fn usd(text: &str) -> Amount {
    Amount::parse(text, Currency::USD).expect("an amount")
}

#[test]
#[rustfmt::skip] // a table reads by its columns
fn texts_of_the_documents_and_of_clients() {
    use TokenType::{MultiUse, Recurring, SingleUse, Unrestricted};
    let sale = format!(
        "MyRole == 'Recipient' orSay 'Role does not match';\nTransactionAmount == 'USD 1.000000';\n\
         SenderToken == '{TOKEN}';"
    );
    let single = "MyRole == 'Sender' orSay 'Role does not match';\n\
        TransactionAmount == 'USD 0.5' orSay 'Transaction amount not equal to accepted value';\n\
        TransactionTimestamp <= '2008-10-289T10:41-0700' orSay 'TransactionTimestamp used after validity';\n\
        string PaymentMethod := 'abt';";
    let multi = "MyRole == 'Sender' orSay 'Role does not match';\nstring PaymentMethod := 'abt';\n\
        TransactionTimestamp <= '2008-10-284T05:22-0700' orSay 'TransactionTimestamp used after validity';\n\
        string MyTokenUsageLimit1Type := 'Amount';\nmoney MyTokenUsageLimit1 := 'USD 100';\n\
        duration MyTokenUsageLimit2Period := '1 months';\nstring MyTokenUsageLimit2Type := 'Count';\n\
        integer MyTokenUsageLimit2 := 5;";
    let recurring = "MyRole == 'Sender' orSay 'Role does not match';\nstring PaymentMethod := 'abt';\n\
        duration MyTokenUsageLimit1Period := '2 months';\nstring MyTokenUsageLimit1Type := 'Amount';\n\
        money MyTokenUsageLimit1 := 'USD 10';";
    let recipient = "MyRole == 'Recipient' orSay 'Role does not match';\n\
        ChargeFeeTo == 'Caller' orSay 'Charge fees incompatible';\n\
        PaymentMethod in ('abt','ach') orSay 'Selected payment method not in the list';";
    for (kind, text, role) in [
        (Unrestricted, "MyRole == 'Caller' orSay 'Role does not match';", Role::Caller),
        (Unrestricted, "MyRole=='Caller';", Role::Caller),
        (Unrestricted, "MyRole=='Recipient' orSay 'Roles do not match';\nPaymentMethod in 'abt, ach, cc';", Role::Recipient),
        (SingleUse, &sale, Role::Recipient),
        (SingleUse, "MyRole == 'Sender';\nOperationType == 'Refund';", Role::Refund),
        (SingleUse, "MyRole == 'Sender';\nOperationType = 'Refund';", Role::Refund),
        (SingleUse, single, Role::Sender),
        (MultiUse, multi, Role::Sender),
        (Recurring, recurring, Role::Sender),
        (Unrestricted, recipient, Role::Recipient),
    ] {
        let read = Instruction::parse(text).unwrap_or_else(|problem| panic!("{text}: {problem}"));
        let declared = read.declared(kind).unwrap_or_else(|problem| panic!("{text}: {problem}"));
        assert_eq!(declared.role, role, "{text}");
        assert_eq!(Instruction::parse(&read.to_string()), Ok(read), "{text}");
    }
    let declared = Instruction::parse(multi).and_then(|read| read.declared(MultiUse)).expect("read");
    assert_eq!(declared.method, Some(PaymentMethod::Balance));
    assert_eq!(declared.total_max, Some(usd("100")));
    let monthly = UsageLimit { kind: UsageLimitKind::Count(5), period: Period::parse("1 month") };
    assert_eq!(declared.limits, [monthly]);
}

#[test]
#[rustfmt::skip] // a table reads by its columns
fn what_cannot_be_installed() {
    use TokenType::{MultiUse, SingleUse, Unrestricted};
    let limit = |rest: &str| format!("MyRole == 'Sender'; {rest}");
    for (kind, text, said) in [
        (SingleUse, "payment instruction".to_owned(), "Parse errors: line 1:9: unexpected token: instruction"),
        (SingleUse, "MyRole == 'Sender".to_owned(), "Parse errors: expecting ''', found '<EOF>'"),
        (SingleUse, "MyRole == 'Sender'".to_owned(), "line 1:19: unexpected token: <EOF>"),
        (SingleUse, String::new(), "MyRole has to be compared"),
        (SingleUse, "MyRole == 'Sender'; ;".to_owned(), "line 1:21: unexpected token: ;"),
        (SingleUse, "MyRole\n  ~ 'Sender';".to_owned(), "line 2:3: unexpected token: ~"),
        (SingleUse, "MyRole == 'Boss';".to_owned(), "MyRole is never 'Boss'"),
        (SingleUse, "MyRole != 'Sender';".to_owned(), "MyRole has to be compared"),
        (SingleUse, "MyRole == 'Sender'; Weather == 'fine';".to_owned(), "line 1:21: unknown variable: Weather"),
        (SingleUse, "TransactionAmount == 5;".to_owned(), "TransactionAmount is never '5'"),
        (SingleUse, "TransactionAmount == MyRole;".to_owned(), "cannot be compared"),
        (SingleUse, "TransactionTimestamp <= '2008-09-289T10:41-0700';".to_owned(), "TransactionTimestamp is never"),
        (SingleUse, "PaymentMethod in ('abt' 'cc');".to_owned(), "unexpected token: 'cc'"),
        (SingleUse, "PaymentMethod in ();".to_owned(), "unexpected token: )"),
        (SingleUse, "string Colour := 'red';".to_owned(), "unknown property: Colour"),
        (SingleUse, "money PaymentMethod := 'abt';".to_owned(), "PaymentMethod is no money"),
        (SingleUse, "integer MyTokenUsageLimit1 := '5';".to_owned(), "unexpected token: '5'"),
        (SingleUse, "string MyTokenUsageLimit4Type := 'Count';".to_owned(), "unknown property"),
        (SingleUse, "string PaymentMethod := 'cc'; string PaymentMethod := 'abt';".to_owned(), "PaymentMethod is declared twice"),
        (SingleUse, "é == 'Sender';".to_owned(), "line 1:1: unexpected token"),
        (SingleUse, format!("MyRole == '{}';", "x".repeat(9_000)), "more than 8192 characters"),
        (SingleUse, "MyRole == 'Sender';".repeat(65), "too many statements"),
        (SingleUse, limit("string PaymentMethod := 'gold';"), "one of abt, ach and cc"),
        (SingleUse, limit("string MyTokenUsageLimit1Type := 'Count'; integer MyTokenUsageLimit1 := 5;"), "single-use token cannot"),
        (MultiUse, limit(""), "must have a usage limit"),
        (MultiUse, limit("string MyTokenUsageLimit1Type := 'Weight'; integer MyTokenUsageLimit1 := 5;"), "limit 1 has to be Amount or Count"),
        (MultiUse, limit("integer MyTokenUsageLimit2 := 5;"), "limit 2 has to be Amount or Count"),
        (MultiUse, limit("string MyTokenUsageLimit1Type := 'Count';"), "limit 1 is missing"),
        (MultiUse, limit("string MyTokenUsageLimit1Type := 'Count'; money MyTokenUsageLimit1 := 'USD 5';"), "limit 1 is missing or does not fit"),
        (MultiUse, limit("string MyTokenUsageLimit1Type := 'Amount'; money MyTokenUsageLimit1 := '';"), "limit 1 is missing"),
        (Unrestricted, limit("string MyTokenUsageLimit1Type := 'Count'; integer MyTokenUsageLimit1 := 5; duration MyTokenUsageLimit1Period := '30 minutes';"), "an hour or longer"),
    ] {
        let found = Instruction::parse(&text).and_then(|read| read.declared(kind));
        let problem = found.expect_err(&text);
        assert!(problem.to_string().contains(said), "{text}: {problem}");
    }
}

pub fn proposed(role: Party, amount: &str) -> Proposed<'_> {
    Proposed {
        role,
        operation: "Pay",
        amount: usd(amount),
        at: Timestamp(1_000_000),
        method: PaymentMethod::Card,
        charge_fee_to: Payer::Recipient,
        sender_token: "S",
        recipient_token: "",
        marketplace_fixed: usd("0"),
        marketplace_rate: Rate::ZERO,
    }
}

#[test]
#[rustfmt::skip] // a table reads by its columns
fn what_a_text_allows() {
    for (text, amount, allowed) in [
        ("MyRole == 'Sender';", "1", true),
        ("MyRole == 'Recipient';", "1", false),
        ("MyRole != 'Recipient';", "1", true),
        ("TransactionAmount == 'USD 1.00';", "1", true),
        ("TransactionAmount <= 'USD 1';", "1.01", false),
        ("TransactionAmount < 'USD 1';", "1", false),
        ("TransactionAmount >= 'USD 1'; TransactionAmount <= 'USD 3';", "2", true),
        ("TransactionAmount > 'USD 2';", "2", false),
        ("PaymentMethod in ('ABT', 'CC');", "1", true),
        ("PaymentMethod in 'abt, ach';", "1", false),
        ("PaymentMethod == 'cc';", "1", true),
        ("ChargeFeeTo == 'Caller';", "1", false),
        ("OperationType == 'Refund';", "1", false),
        ("OperationType in ('Pay','Reserve');", "1", true),
        ("SenderToken == 'S';", "1", true),
        ("RecipientToken in ('','R');", "1", true),
        ("CallerToken == RecipientToken;", "1", true),
        ("TransactionTimestamp <= '1970-01-01T00:16:40Z';", "1", true),
        ("TransactionTimestamp <= '1970-01-01T00:16:39.999Z';", "1", false),
        ("MarketplaceFixedFee <= 'USD 0'; MarketplaceVariableFee <= 0;", "1", true),
    ] {
        let read = Instruction::parse(text).unwrap_or_else(|problem| panic!("{text}: {problem}"));
        let objection = read.objection(&proposed(Party::Sender, amount));
        assert_eq!(objection.is_none(), allowed, "{text}");
    }
    let text = "MyRole == 'Sender' orSay 'one'; MyRole == 'Caller' orSay 'two';";
    let read = Instruction::parse(text).expect("read");
    let as_caller = proposed(Party::Caller, "1");
    let broken = read.objection(&as_caller).expect("the first");
    assert!(as_caller.reason(broken).ends_with(": one"));
    let silent = Instruction::parse("MyRole == 'Caller';").expect("read");
    let as_recipient = proposed(Party::Recipient, "1");
    let broken = silent.objection(&as_recipient).expect("an objection");
    assert!(as_recipient.reason(broken).ends_with(": Assertion Failed for Recipient"));
}

/// A shop that installs texts on its own account and pays others by them.
struct Scene {
    world: World,
    shop: test_kit::Person,
    payee: TokenId,
}

impl Scene {
    fn new() -> Scene {
        let mut world = World::default();
        let shop = world.marketplace();
        let merchant = world.merchant();
        world.deposit(shop, usd("100.00"));
        let accepted = world.acceptance(merchant, shop);
        let payee = world.install(accepted);
        Scene { world, shop, payee }
    }

    fn install(&mut self, reference: &str, kind: TokenType, text: &str) -> payments::Answer {
        let command = InstallInstruction {
            by: self.world.by(self.shop.account),
            reference: test_kit::people::reference(reference),
            text: text.to_owned(),
            kind,
            friendly_name: None,
            payment_reason: None,
            instruments: Vec::new(),
        };
        self.world.run(command)
    }

    fn pay(&mut self, token: &TokenId, amount: &str) -> payments::Answer {
        let reference = self.world.fresh_name("pay");
        let command = Pay {
            by: self.world.by(self.shop.account),
            reference: test_kit::people::reference(&reference),
            asked: PaymentAsked {
                sender_token: token.clone(),
                recipient_token: Some(self.payee.clone()),
                amount: usd(amount),
                charge_fee_to: None,
                caller_description: None,
                sender_description: None,
                descriptor: None,
                timeout_mins: None,
                marketplace_fixed: None,
                marketplace_rate: None,
                ipn_url: None,
            },
        };
        self.world.run(command)
    }
}

fn token(answer: &payments::Answer) -> TokenId {
    match answer {
        Ok(Outcome::Tokens { token, .. }) => token.clone(),
        other => panic!("a token is made: {other:?}"),
    }
}

const OWN: &str = "MyRole == 'Sender'; TransactionAmount <= 'USD 5' orSay 'too much';\n\
                   string PaymentMethod := 'abt';";

#[test]
fn an_installed_text_is_kept_and_obeyed() {
    let mut scene = Scene::new();
    let made = scene.install("t1", TokenType::Unrestricted, OWN);
    let id = token(&made);
    let row = &scene.world.rows.tokens[&id.key().expect("ours")];
    assert_eq!(row.facts.instruction.as_deref(), Some(OWN));
    assert_eq!(row.facts.expires_at, Timestamp::NEVER);
    assert_eq!(
        (row.account, row.installer),
        (scene.shop.account, scene.shop.account)
    );
    assert!(scene.pay(&id, "5.00").is_ok());
    let refused = scene.pay(&id, "5.01").expect_err("above the text's bound");
    let Refusal::IncompatibleTokens { reason } = refused else {
        panic!("{refused:?}")
    };
    assert!(reason.ends_with(": too much"), "{reason}");
}

#[test]
fn an_install_is_done_once_per_reference() {
    let mut scene = Scene::new();
    let made = scene.install("t1", TokenType::Unrestricted, OWN);
    assert_eq!(scene.install("t1", TokenType::Unrestricted, OWN), made);
    let other = "MyRole == 'Caller';";
    for (kind, text) in [
        (TokenType::Unrestricted, other),
        (TokenType::SingleUse, OWN),
    ] {
        let refused = scene.install("t1", kind, text);
        assert!(
            matches!(refused, Err(Refusal::DuplicateRequest(_))),
            "{refused:?}"
        );
    }
    let bad = scene.install("t2", TokenType::MultiUse, OWN);
    assert_eq!(bad, Err(Refusal::Instruction(Problem::NoLimits)));
    let card = "MyRole == 'Sender'; string PaymentMethod := 'cc';";
    let bad = scene.install("t2", TokenType::SingleUse, card);
    assert_eq!(bad, Err(Refusal::InvalidPaymentInstrument));
    // What was refused has used up nothing.
    assert!(scene.install("t2", TokenType::SingleUse, OWN).is_ok());
}

#[test]
fn limits_of_a_text_are_kept_and_a_method_is_needed() {
    let mut scene = Scene::new();
    let text =
        format!("{OWN} string MyTokenUsageLimit1Type := 'Count'; integer MyTokenUsageLimit1 := 2;");
    let id = token(&scene.install("t1", TokenType::MultiUse, &text));
    assert!(scene.pay(&id, "1.00").is_ok());
    assert!(scene.pay(&id, "1.00").is_ok());
    let refused = scene.pay(&id, "1.00");
    assert!(
        matches!(refused, Err(Refusal::TokenUsageError { .. })),
        "{refused:?}"
    );
    let silent = token(&scene.install("t2", TokenType::SingleUse, "MyRole == 'Sender';"));
    assert_eq!(
        scene.pay(&silent, "1.00"),
        Err(Refusal::PaymentMethodNotDefined)
    );
    let single = token(&scene.install("t3", TokenType::SingleUse, OWN));
    assert!(scene.pay(&single, "1.00").is_ok());
    let row = &scene.world.rows.tokens[&single.key().expect("ours")];
    assert_eq!(row.status, TokenStatus::Used);
}
