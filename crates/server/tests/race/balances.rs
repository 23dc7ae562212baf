//! Races on the last money of an account.

use std::ops::Range;
use std::sync::Arc;

use payments::commands::InstallTokens;
use payments::rows::{AccountType, PaymentMethod, RecipientTerms, TokenRole};
use payments::{AccountKey, TokenId};

use super::lanes::{Lane, Lanes};
use super::pair::{End, Pair, Round, one_of, reference, run};
use super::recorder::Spot;
use super::requests::Payment;
use super::world::World;

/// What becomes of a payment from a balance: it is done within the call.
const DONE: &str = "Success";

/// Two payments of 6 dollars from a balance of 10.
struct TwoPays;

impl Pair for TwoPays {
    const NAME: &'static str = "last-of-a-balance";
    const WINNERS: &'static [&'static str] = &["one", "other"];
    type Item = TokenId;

    async fn prepare(
        &self,
        world: &Arc<World>,
        lanes: &mut Lanes,
        numbers: Range<usize>,
    ) -> Vec<TokenId> {
        let world = world.clone();
        let play = move |lane: Lane, number: usize| {
            let world = world.clone();
            async move {
                let sender = world.account(AccountType::Personal).await;
                world.deposit(sender, 10_00).await;
                let name = reference::<TwoPays>(number, "token");
                let token = world.install(from_balance(&world, sender, &name)).await;
                (lane, token)
            }
        };
        lanes.spread(numbers, play).await
    }

    async fn race(&self, world: &World, lane: &mut Lane, number: usize, item: TokenId) -> Round {
        let names = [
            reference::<Self>(number, "a"),
            reference::<Self>(number, "b"),
        ];
        let [one, other] = names.each_ref().map(|name| pay(world, &item, name, &[]));
        let (one, other) = lane.race(number, &one, &other).await;
        let (winner, won, lost) = one_of(("one", &one), ("other", &other));
        won.answers(&["Success"]);
        lost.refused("InsufficientBalance", &["sender"]);
        Round {
            winner,
            spots: names.map(|name| Spot::named("Pay", &name)),
            ends: vec![End::of(&won.transaction(), DONE, "Success", "6.00")],
        }
    }
}

/// A payment to somebody, and the token by which that somebody pays in turn.
struct Earned {
    id: String,
    token: TokenId,
}

/// A refund of what somebody was paid, and a payment of the same money.
struct RefundPay;

impl Pair for RefundPay {
    const NAME: &'static str = "refund-pay";
    const WINNERS: &'static [&'static str] = &["refund", "pay"];
    type Item = Earned;

    async fn prepare(
        &self,
        world: &Arc<World>,
        lanes: &mut Lanes,
        numbers: Range<usize>,
    ) -> Vec<Earned> {
        let world = world.clone();
        let play = move |mut lane: Lane, number: usize| {
            let world = world.clone();
            async move {
                let earned = earn(&world, &mut lane, number).await;
                (lane, earned)
            }
        };
        lanes.spread(numbers, play).await
    }

    async fn race(&self, world: &World, lane: &mut Lane, number: usize, item: Earned) -> Round {
        let names = [
            reference::<Self>(number, "a"),
            reference::<Self>(number, "b"),
        ];
        let refund = world.refund(&item.id, &names[0], "6.00");
        let pay = pay(world, &item.token, &names[1], &[]);
        let (refund, pay) = lane.race(number, &refund, &pay).await;
        let (winner, won, lost) = one_of(("refund", &refund), ("pay", &pay));
        won.answers(&["Success"]);
        // In a refund it is the recipient who pays.
        lost.refused("InsufficientBalance", &["sender", "recipient"]);
        let spots = [
            Spot::named("Refund", &names[0]),
            Spot::named("Pay", &names[1]),
        ];
        Round {
            winner,
            spots,
            ends: vec![
                End::of(&item.id, DONE, "Success", "10.00"),
                End::of(&won.transaction(), DONE, "Success", "6.00"),
            ],
        }
    }
}

/// Somebody new is paid 10 dollars by the sender, and may pay the caller.
async fn earn(world: &World, lane: &mut Lane, number: usize) -> Earned {
    let name = |which: &str| reference::<RefundPay>(number, which);
    let recipient = world.account(AccountType::Business).await;
    let accepts = InstallTokens {
        role: TokenRole::Recipient,
        method: None,
        also_caller: false,
        reserve: false,
        terms: Some(RecipientTerms {
            fixed_max: None,
            rate_max: None,
            recipient_pays_fee: true,
            methods: vec![PaymentMethod::Balance],
        }),
        ..from_balance(world, recipient, &name("recipient"))
    };
    let accepted = world.install(accepts).await;
    let agrees = InstallTokens {
        recipients: vec![accepted.key().expect("an id of ours")],
        ..from_balance(world, world.sender, &name("sender"))
    };
    let agreed = world.install(agrees).await;
    let query = world.payment(
        "Pay",
        &Payment {
            token: &agreed,
            reference: &name("made"),
            amount: "10.00",
            more: &[("RecipientTokenId", accepted.as_str())],
            age_s: 0,
        },
    );
    let id = lane.one.send(&query).await.transaction();
    let pays = from_balance(world, recipient, &name("token"));
    let token = world.install(pays).await;
    Earned { id, token }
}

fn from_balance(world: &World, account: AccountKey, reference: &str) -> InstallTokens {
    InstallTokens {
        account,
        method: Some(PaymentMethod::Balance),
        instrument: None,
        ..world.consent(reference)
    }
}

/// A Pay of 6 dollars.
fn pay(world: &World, token: &TokenId, reference: &str, more: &[(&str, &str)]) -> String {
    let payment = Payment {
        token,
        reference,
        amount: "6.00",
        more,
        age_s: 0,
    };
    world.payment("Pay", &payment)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_payments_share_the_last_of_a_balance() {
    run(TwoPays).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refund_and_a_payment_share_the_recipients_last_money() {
    run(RefundPay).await;
}
