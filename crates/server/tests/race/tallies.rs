//! Races on one prepaid or credit instrument: everything that can change it, pair by pair.

use std::ops::Range;
use std::sync::Arc;

use payments::commands::InstallTally;
use payments::rows::{PaymentMethod, TallyKind};
use payments::{CallerReference, Outcome, TallyId, TokenId};

use super::connection::Reply;
use super::lanes::{Lane, Lanes};
use super::pair::{End, Pair, Round, one_of, reference, run};
use super::recorder::Spot;
use super::requests::Payment;
use super::world::{World, cents};

/// Every request of a race is about so much.
pub(super) const SIX: &str = "6.00";
/// Every instrument takes at most so much, in cents.
const LIMIT: i64 = 10_00;
/// What becomes of what is done within the call.
const DONE: &str = "Success";
/// What becomes of what the processor is asked for.
pub(super) const CHARGED: &str = "Pending Success";

/// What a round begins with.
#[derive(Clone, Copy)]
pub(super) enum Scene {
    /// Nothing was paid ahead; it is funded by card.
    Empty,
    /// Nothing was paid ahead; it is funded from the balance.
    EmptyByBalance,
    /// 10 dollars were paid ahead.
    Full,
    /// 10 dollars were paid ahead and spent.
    Spent,
    /// Nothing is owed.
    Clear,
    /// 10 dollars are owed, by one payment; it is settled by card.
    Owed,
    /// The same, settled from the balance.
    OwedByBalance,
}

/// A request about 6 dollars.
#[derive(Clone, Copy)]
pub(super) enum Ask {
    Fund,
    Pay,
    SettleDebt,
    WriteOff,
    Refund,
}

/// An instrument that a round is about.
pub(super) struct Item {
    tally: TallyId,
    spends: TokenId,
    moves: TokenId,
    /// The payment that a refund is of.
    paid: Option<String>,
}

impl Scene {
    fn kind(self) -> TallyKind {
        match self {
            Scene::Empty | Scene::EmptyByBalance | Scene::Full | Scene::Spent => TallyKind::Prepaid,
            Scene::Clear | Scene::Owed | Scene::OwedByBalance => TallyKind::Credit,
        }
    }

    fn by_card(self) -> bool {
        match self {
            Scene::Empty | Scene::Clear | Scene::Owed => true,
            Scene::EmptyByBalance | Scene::Full | Scene::Spent | Scene::OwedByBalance => false,
        }
    }

    pub(super) async fn set(self, world: &World, lane: &mut Lane, name: &str) -> Item {
        let mut item = self.install(world, name).await;
        let paid = match self {
            Scene::Empty | Scene::EmptyByBalance | Scene::Clear => None,
            Scene::Full | Scene::Spent => {
                let fund = Ask::Fund.of(world, &item, &format!("{name}-fund"), "10.00");
                lane.one.send(&fund).await.answers(&["Success"]);
                matches!(self, Scene::Spent).then_some(())
            }
            Scene::Owed | Scene::OwedByBalance => Some(()),
        };
        if paid.is_some() {
            let pay = Ask::Pay.of(world, &item, &format!("{name}-pay"), "10.00");
            item.paid = Some(lane.one.send(&pay).await.transaction());
        }
        item
    }

    async fn install(self, world: &World, name: &str) -> Item {
        let reference = |which: &str| {
            let text = format!("{name}-{which}");
            CallerReference::parse(&text).expect("a reference")
        };
        let (method, instrument) = if self.by_card() {
            (PaymentMethod::Card, Some(world.card))
        } else {
            (PaymentMethod::Balance, None)
        };
        let made = world.submit(InstallTally {
            installer: world.caller,
            account: world.sender,
            kind: self.kind(),
            limit: cents(LIMIT),
            spending_reference: reference("spends"),
            moving_reference: reference("moves"),
            payment_reason: None,
            method,
            instrument,
            valid_from: None,
            expires_at: None,
            total_max: None,
            limits: Vec::new(),
        });
        let made = made.await;
        let Outcome::Tally {
            tally,
            spending,
            moving,
        } = made
        else {
            panic!("no instrument: {made:?}");
        };
        Item {
            tally,
            spends: spending,
            moves: moving,
            paid: None,
        }
    }
}

impl Ask {
    /// The signed request.
    pub(super) fn of(self, world: &World, item: &Item, reference: &str, amount: &str) -> String {
        let (instrument, name) = match self {
            Ask::Fund => ("PrepaidInstrumentId", "FundingAmount"),
            Ask::SettleDebt => ("CreditInstrumentId", "SettlementAmount"),
            Ask::WriteOff => ("CreditInstrumentId", "AdjustmentAmount"),
            Ask::Pay => {
                let payment = Payment {
                    token: &item.spends,
                    reference,
                    amount,
                    more: &[],
                    age_s: 0,
                };
                return world.payment("Pay", &payment);
            }
            Ask::Refund => {
                let paid = item.paid.as_ref().expect("a payment to refund");
                return world.refund(paid, reference, amount);
            }
        };
        let (currency, value) = (format!("{name}.CurrencyCode"), format!("{name}.Value"));
        let mut own = vec![
            (instrument, item.tally.as_str()),
            ("CallerReference", reference),
            (currency.as_str(), "USD"),
            (value.as_str(), amount),
        ];
        if !matches!(self, Ask::WriteOff) {
            own.push(("SenderTokenId", item.moves.as_str()));
        }
        world.query(self.verb(), &own)
    }

    fn verb(self) -> &'static str {
        match self {
            Ask::Fund => "FundPrepaid",
            Ask::Pay => "Pay",
            Ask::SettleDebt => "SettleDebt",
            Ask::WriteOff => "WriteOffDebt",
            Ask::Refund => "Refund",
        }
    }

    /// The documented error of the one who comes too late.
    #[track_caller]
    fn is_refused(self, kind: TallyKind, reply: &Reply) {
        let (code, says) = match (self, kind) {
            (Ask::Fund, _) => ("PrepaidFundingLimitExceeded", "limit"),
            (Ask::Pay, TallyKind::Prepaid) => ("InsufficientBalance", "sender"),
            (Ask::Pay, TallyKind::Credit) => ("TokenUsageError", "owed"),
            (Ask::SettleDebt | Ask::WriteOff, _) => ("SettleAmountGreaterThanDebt", "debt"),
            (Ask::Refund, _) => ("RefundAmountExceeded", "refund"),
        };
        reply.refused(code, &[says]);
    }

    fn end(self, scene: Scene, id: &str) -> End {
        let asks_processor = matches!(self, Ask::Fund | Ask::SettleDebt) && scene.by_card();
        let history = if asks_processor { CHARGED } else { DONE };
        End::of(id, history, "Success", SIX)
    }
}

/// How two requests about one instrument come out.
#[derive(Clone, Copy)]
enum Rule {
    /// There is room for one of them only.
    One,
    /// The first always wins, and makes room for the other: that one wins if it comes later.
    FirstMakesRoom,
    /// The first always wins, and takes the room of the other: that one wins if it comes earlier.
    FirstTakesRoom,
}

async fn prepare<P: Pair>(
    scene: Scene,
    world: &Arc<World>,
    lanes: &mut Lanes,
    numbers: Range<usize>,
) -> Vec<Item> {
    let world = world.clone();
    let play = move |mut lane: Lane, number: usize| {
        let world = world.clone();
        async move {
            let name = reference::<P>(number, "made");
            let item = scene.set(&world, &mut lane, &name).await;
            (lane, item)
        }
    };
    lanes.spread(numbers, play).await
}

async fn race<P: Pair>(
    (scene, rule, asks): (Scene, Rule, [Ask; 2]),
    world: &World,
    lane: &mut Lane,
    number: usize,
    item: &Item,
) -> Round {
    let names = [reference::<P>(number, "a"), reference::<P>(number, "b")];
    let query = |at: usize| asks[at].of(world, item, &names[at], SIX);
    let (one, other) = lane.race(number, &query(0), &query(1)).await;
    let spots = [0, 1].map(|at| Spot::named(asks[at].verb(), &names[at]));
    let labels = [P::WINNERS[0], P::WINNERS[1]];
    let mut ends = Vec::new();
    let winner = match rule {
        Rule::One => {
            let (winner, won, lost) = one_of((labels[0], &one), (labels[1], &other));
            let (first, second) = if winner == labels[0] { (0, 1) } else { (1, 0) };
            asks[second].is_refused(scene.kind(), lost);
            ends.push(asks[first].end(scene, &won.transaction()));
            winner
        }
        Rule::FirstMakesRoom | Rule::FirstTakesRoom => {
            ends.push(asks[0].end(scene, &one.transaction()));
            let makes_room = matches!(rule, Rule::FirstMakesRoom);
            let has_room = other.is_ok();
            let is_first = has_room == makes_room;
            let known = world.is_first(&spots);
            assert!(
                known.is_none_or(|known| known == is_first),
                "{}",
                other.body
            );
            if has_room {
                ends.push(asks[1].end(scene, &other.transaction()));
            } else {
                asks[1].is_refused(scene.kind(), &other);
            }
            labels[usize::from(!is_first)]
        }
    };
    Round {
        winner,
        spots,
        ends,
    }
}

macro_rules! races {
    ($($(#[$doc:meta])* $pair:ident, $test:ident, $name:literal: $scene:ident, $rule:ident,
        $one:literal $ask_one:ident, $other:literal $ask_other:ident;)*) => {$(
        $(#[$doc])*
        struct $pair;

        impl Pair for $pair {
            const NAME: &'static str = $name;
            const WINNERS: &'static [&'static str] = &[$one, $other];
            type Item = Item;

            async fn prepare(
                &self,
                world: &Arc<World>,
                lanes: &mut Lanes,
                numbers: Range<usize>,
            ) -> Vec<Item> {
                prepare::<Self>(Scene::$scene, world, lanes, numbers).await
            }

            async fn race(&self, world: &World, lane: &mut Lane, number: usize, item: Item) -> Round {
                let what = (Scene::$scene, Rule::$rule, [Ask::$ask_one, Ask::$ask_other]);
                race::<Self>(what, world, lane, number, &item).await
            }
        }

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $test() {
            run($pair).await;
        }
    )*};
}

races! {
    /// Two fundings, and room for one.
    FundFund, two_fundings_share_the_last_room, "fund-fund":
        Empty, One, "one" Fund, "other" Fund;
    /// A funding, and a payment that needs it.
    FundPay, a_payment_waits_for_its_funding, "fund-pay":
        EmptyByBalance, FirstMakesRoom, "fund" Fund, "pay" Pay;
    /// A payment, and a funding that needs its room.
    PayFund, a_funding_waits_for_room, "pay-fund":
        Full, FirstMakesRoom, "pay" Pay, "fund" Fund;
    /// Two payments from what one of them can have.
    PrepaidPays, two_payments_share_what_was_paid_ahead, "prepaid-pays":
        Full, One, "one" Pay, "other" Pay;
    /// What a refund puts back, and a payment that needs it.
    PrepaidRefundPay, a_payment_waits_for_a_refund_of_prepaid, "prepaid-refund-pay":
        Spent, FirstMakesRoom, "refund" Refund, "pay" Pay;
    /// A refund, which always finds room, and a funding that is left without.
    PrepaidRefundFund, a_refund_leaves_no_room_for_a_funding, "prepaid-refund-fund":
        Spent, FirstTakesRoom, "refund" Refund, "fund" Fund;
    /// Two refunds of one payment from what was paid ahead.
    PrepaidRefunds, two_refunds_share_what_was_spent, "prepaid-refunds":
        Spent, One, "one" Refund, "other" Refund;
    /// Two payments on credit, and room for one.
    DebtPays, two_payments_share_the_credit_limit, "debt-pays":
        Clear, One, "one" Pay, "other" Pay;
    /// Two settlements of one debt.
    SettleSettle, two_settlements_share_a_debt, "settle-debt-twice":
        Owed, One, "one" SettleDebt, "other" SettleDebt;
    /// A settlement, and a payment that needs its room.
    SettlePay, a_payment_waits_for_a_settlement, "settle-debt-pay":
        OwedByBalance, FirstMakesRoom, "settle" SettleDebt, "pay" Pay;
    /// A settlement and a write-off of one debt.
    SettleWriteOff, a_settlement_and_a_write_off_share_a_debt, "settle-debt-write-off":
        Owed, One, "settle" SettleDebt, "write off" WriteOff;
    /// Two write-offs of one debt.
    WriteOffs, two_write_offs_share_a_debt, "write-offs":
        Owed, One, "one" WriteOff, "other" WriteOff;
    /// A write-off, and a payment that needs its room.
    WriteOffPay, a_payment_waits_for_a_write_off, "write-off-pay":
        Owed, FirstMakesRoom, "write off" WriteOff, "pay" Pay;
    /// Two refunds of one payment on credit.
    DebtRefunds, two_refunds_share_a_debt, "debt-refunds":
        Owed, One, "one" Refund, "other" Refund;
    /// A refund, and a settlement of what it takes off.
    RefundSettle, a_refund_and_a_settlement_share_a_debt, "refund-settle-debt":
        Owed, One, "refund" Refund, "settle" SettleDebt;
    /// A refund, and a write-off of what it takes off.
    RefundWriteOff, a_refund_and_a_write_off_share_a_debt, "refund-write-off":
        Owed, One, "refund" Refund, "write off" WriteOff;
    /// A refund, and a payment that needs its room.
    DebtRefundPay, a_payment_waits_for_a_refund_of_debt, "debt-refund-pay":
        Owed, FirstMakesRoom, "refund" Refund, "pay" Pay;
}
