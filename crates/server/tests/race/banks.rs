//! A cancel of a payment from a bank account, and the bank's answer to the debit.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use payments::commands::{AddInstrument, InstallTokens};
use payments::rows::{BankAccount, Means, PaymentMethod, WorkKind};
use payments::{InstrumentKey, Outcome};
use server::random;
use vault::Purpose;

use super::lanes::{LANES, Lane, Lanes, pause};
use super::pair::{End, Pair, Round, reference, run};
use super::recorder::Spot;
use super::requests::Payment;
use super::world::{World, key_of};

/// How many microseconds after the processor is let go a cancel comes, from round to round.
const AFTER_US: [u64; 9] = [0, 500, 2_000, 4_000, 6_000, 9_000, 14_000, 20_000, 30_000];
/// An account that settles at once, and one whose debit comes back at once.
const NUMBERS: [&str; 2] = ["000100000000", "000200000000"];

/// Payments from a bank account that settles, and from one that does not.
struct CancelBank;

/// A payment, and whether its bank will pay.
struct Debit {
    id: String,
    settles: bool,
}

async fn bank(world: &World, number: &str) -> InstrumentKey {
    let vault = &world.app().vault;
    let account = world.sender;
    let sealed = vault.seal(
        Purpose::BankNumber,
        account.0,
        number.as_bytes(),
        random::bytes(),
    );
    let bank = BankAccount {
        routing_number: "021000021".to_owned(),
        last_four: number[number.len() - 4..].to_owned(),
        name: "Test Sender".to_owned(),
        verified: true,
    };
    let command = AddInstrument {
        account,
        means: Means::Bank(bank),
        sealed_number: sealed.into_bytes(),
    };
    let added = world.submit(command).await;
    let Outcome::Instrument(key) = added else {
        panic!("no bank account: {added:?}");
    };
    key
}

impl Pair for CancelBank {
    const NAME: &'static str = "bank-answer-cancel";
    const WINNERS: &'static [&'static str] = &["cancel", "settled", "returned"];
    const AT_ONCE: usize = LANES;
    type Item = Debit;

    async fn prepare(
        &self,
        world: &Arc<World>,
        lanes: &mut Lanes,
        numbers: Range<usize>,
    ) -> Vec<Debit> {
        world.running.processor().set_paused(true);
        let mut tokens = Vec::new();
        for number in NUMBERS {
            let name = reference::<Self>(numbers.start, number);
            let token = world.install(InstallTokens {
                method: Some(PaymentMethod::Bank),
                instrument: Some(bank(world, number).await),
                ..world.consent(&name)
            });
            tokens.push(token.await);
        }
        let world = world.clone();
        let play = move |mut lane: Lane, number: usize| {
            let (world, tokens) = (world.clone(), tokens.clone());
            async move {
                // Two of three settle.
                let settles = !number.is_multiple_of(3);
                let payment = Payment {
                    token: &tokens[usize::from(!settles)],
                    reference: &reference::<CancelBank>(number, "made"),
                    amount: "10.00",
                    more: &[],
                    age_s: 0,
                };
                let query = world.payment("Pay", &payment);
                let id = lane.one.send(&query).await.transaction();
                (lane, Debit { id, settles })
            }
        };
        lanes.spread(numbers, play).await
    }

    async fn race(&self, world: &World, lane: &mut Lane, number: usize, item: Debit) -> Round {
        let Debit { id, settles } = item;
        let cancel = world.cancel(&id, 0);
        // Whoever comes first lets all go.
        world.running.processor().set_paused(false);
        pause(Duration::from_micros(AFTER_US[number % AFTER_US.len()])).await;
        let reply = lane.one.send(&cancel).await;
        let answer = Spot::answer(WorkKind::Authorize, key_of(&id));
        world.recorder.wait(&answer).await;
        let refused = |states| reply.refused("InvalidTransactionState", states);
        let (winner, history, code) = match (reply.is_ok(), settles) {
            (true, _) => {
                reply.answers(&["Cancelled"]);
                ("cancel", "Pending Cancelled", "Canceled")
            }
            (false, true) => {
                refused(&["Pending", "Success"]);
                ("settled", "Pending Success", "Success")
            }
            (false, false) => {
                refused(&["Failure"]);
                ("returned", "Pending Failure", "TransactionDenied")
            }
        };
        let cancel = Spot::of("Cancel", key_of(&id));
        let is_first = world.recorder.is_first(&cancel, &answer);
        assert_eq!(is_first, winner == "cancel", "{id}");
        Round {
            winner,
            spots: [cancel, answer],
            ends: vec![End::of(&id, history, code, "10.00")],
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancel_and_the_answer_of_a_bank_have_an_order() {
    run(CancelBank).await;
}
