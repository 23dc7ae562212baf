//! Races on what is left of a token.

use std::ops::Range;
use std::sync::Arc;

use payments::TokenId;
use payments::commands::InstallTokens;
use payments::rows::{TokenType, UsageLimit, UsageLimitKind, WorkKind};

use super::connection::Reply;
use super::lanes::{Lane, Lanes};
use super::pair::{End, Pair, Round, one_of, reference, run};
use super::recorder::Spot;
use super::requests::Payment;
use super::settlement::CANCELLED;
use super::world::{World, cents, key_of};

/// What becomes of a reserve that is left alone.
const RESERVED: &str = "Pending Reserved";

/// Installs a token for each round.
async fn install<P: Pair>(
    world: &Arc<World>,
    lanes: &mut Lanes,
    numbers: Range<usize>,
    limit: fn(InstallTokens) -> InstallTokens,
) -> Vec<TokenId> {
    let world = world.clone();
    let play = move |lane: Lane, number: usize| {
        let world = world.clone();
        async move {
            let consent = world.consent(&reference::<P>(number, "token"));
            let token = world.install(limit(consent)).await;
            (lane, token)
        }
    };
    lanes.spread(numbers, play).await
}

/// Two reserves of 6 dollars by one token, which it allows one of. The loser is told this.
async fn two_reserves<P: Pair>(
    world: &World,
    lane: &mut Lane,
    (number, token): (usize, &TokenId),
    (code, says): (&str, &str),
) -> Round {
    let names = [reference::<P>(number, "a"), reference::<P>(number, "b")];
    let [one, other] = names.each_ref().map(|name| reserve(world, token, name));
    let (one, other) = lane.race(number, &one, &other).await;
    let (winner, won, lost) = one_of(("one", &one), ("other", &other));
    won.answers(&["Pending"]);
    lost.refused(code, &[says]);
    Round {
        winner,
        spots: names.map(|name| Spot::named("Reserve", &name)),
        ends: vec![reserved(won)],
    }
}

fn reserve(world: &World, token: &TokenId, reference: &str) -> String {
    let payment = Payment {
        token,
        reference,
        amount: "6.00",
        more: &[],
        age_s: 0,
    };
    world.payment("Reserve", &payment)
}

fn reserved(won: &Reply) -> End {
    End::of(&won.transaction(), RESERVED, "Success", "6.00")
}

/// Two reserves, where the token's total allows one.
struct LastOfTotal;

impl Pair for LastOfTotal {
    const NAME: &'static str = "last-of-total-limit";
    const WINNERS: &'static [&'static str] = &["one", "other"];
    type Item = TokenId;

    async fn prepare(
        &self,
        world: &Arc<World>,
        lanes: &mut Lanes,
        numbers: Range<usize>,
    ) -> Vec<TokenId> {
        install::<Self>(world, lanes, numbers, of_ten_dollars).await
    }

    async fn race(&self, world: &World, lane: &mut Lane, number: usize, item: TokenId) -> Round {
        let loser = ("TokenUsageError", "All charges together");
        two_reserves::<Self>(world, lane, (number, &item), loser).await
    }
}

/// Two reserves, where a usage limit allows one more.
struct LastOfCount;

impl Pair for LastOfCount {
    const NAME: &'static str = "last-of-count-limit";
    const WINNERS: &'static [&'static str] = &["one", "other"];
    type Item = TokenId;

    async fn prepare(
        &self,
        world: &Arc<World>,
        lanes: &mut Lanes,
        numbers: Range<usize>,
    ) -> Vec<TokenId> {
        let limit = |consent| InstallTokens {
            limits: vec![UsageLimit {
                kind: UsageLimitKind::Count(1),
                period: None,
            }],
            ..consent
        };
        install::<Self>(world, lanes, numbers, limit).await
    }

    async fn race(&self, world: &World, lane: &mut Lane, number: usize, item: TokenId) -> Round {
        let loser = ("TokenUsageError", "At most 1 charge in all");
        two_reserves::<Self>(world, lane, (number, &item), loser).await
    }
}

/// Two reserves by a single-use token.
struct SingleUse;

impl Pair for SingleUse {
    const NAME: &'static str = "single-use-token";
    const WINNERS: &'static [&'static str] = &["one", "other"];
    type Item = TokenId;

    async fn prepare(
        &self,
        world: &Arc<World>,
        lanes: &mut Lanes,
        numbers: Range<usize>,
    ) -> Vec<TokenId> {
        let limit = |consent| InstallTokens {
            kind: TokenType::SingleUse,
            ..consent
        };
        install::<Self>(world, lanes, numbers, limit).await
    }

    async fn race(&self, world: &World, lane: &mut Lane, number: usize, item: TokenId) -> Round {
        let loser = ("SameTokenIdUsedMultipleTimes", "single use");
        two_reserves::<Self>(world, lane, (number, &item), loser).await
    }
}

/// A reserve, and the end of its token.
struct CancelTokenReserve;

impl Pair for CancelTokenReserve {
    const NAME: &'static str = "cancel-token-reserve";
    const WINNERS: &'static [&'static str] = &["cancel", "reserve"];
    type Item = TokenId;

    async fn prepare(
        &self,
        world: &Arc<World>,
        lanes: &mut Lanes,
        numbers: Range<usize>,
    ) -> Vec<TokenId> {
        install::<Self>(world, lanes, numbers, |consent| consent).await
    }

    async fn race(&self, world: &World, lane: &mut Lane, number: usize, item: TokenId) -> Round {
        let name = reference::<Self>(number, "a");
        let cancel = world.query("CancelToken", &[("TokenId", item.as_str())]);
        let reserve = reserve(world, &item, &name);
        let (cancel, reserve) = lane.race(number, &cancel, &reserve).await;
        assert!(cancel.is_ok(), "{}", cancel.body);
        let (winner, ends) = if reserve.is_ok() {
            reserve.answers(&["Pending"]);
            ("reserve", vec![reserved(&reserve)])
        } else {
            reserve.refused("TokenNotActive_Sender", &["not active"]);
            ("cancel", Vec::new())
        };
        let spots = [Spot::token(&item), Spot::named("Reserve", &name)];
        let is_first = world.recorder.is_first(&spots[0], &spots[1]);
        assert_eq!(is_first, winner == "cancel", "{name}");
        Round {
            winner,
            spots,
            ends,
        }
    }
}

/// A token whose total is used up by a reservation.
struct UsedUp {
    token: TokenId,
    id: String,
}

/// A cancel, which gives the token its amount back, and a reserve that needs it.
struct CancelReserve;

impl Pair for CancelReserve {
    const NAME: &'static str = "cancel-reserve";
    const WINNERS: &'static [&'static str] = &["cancel", "reserve"];
    type Item = UsedUp;

    async fn prepare(
        &self,
        world: &Arc<World>,
        lanes: &mut Lanes,
        numbers: Range<usize>,
    ) -> Vec<UsedUp> {
        let tokens = install::<Self>(world, lanes, numbers.clone(), of_ten_dollars).await;
        let world = world.clone();
        let play = move |mut lane: Lane, (number, token): (usize, TokenId)| {
            let world = world.clone();
            async move {
                let reserve = reserve(&world, &token, &reference::<Self>(number, "made"));
                let id = lane.one.send(&reserve).await.transaction();
                let reserved = Spot::answer(WorkKind::Authorize, key_of(&id));
                world.recorder.wait(&reserved).await;
                (lane, UsedUp { token, id })
            }
        };
        lanes.spread(numbers.zip(tokens), play).await
    }

    async fn race(&self, world: &World, lane: &mut Lane, number: usize, item: UsedUp) -> Round {
        let name = reference::<Self>(number, "a");
        let (cancel, reserve) = (
            world.cancel(&item.id, 0),
            reserve(world, &item.token, &name),
        );
        let (cancel, reserve) = lane.race(number, &cancel, &reserve).await;
        cancel.answers(&["Cancelled"]);
        let mut ends = vec![End::of(&item.id, CANCELLED, "Canceled", "6.00")];
        let winner = if reserve.is_ok() {
            reserve.answers(&["Pending"]);
            ends.push(reserved(&reserve));
            "cancel"
        } else {
            reserve.refused("TokenUsageError", &["All charges together"]);
            "reserve"
        };
        let spots = [
            Spot::of("Cancel", key_of(&item.id)),
            Spot::named("Reserve", &name),
        ];
        let known = world.is_first(&spots);
        assert!(
            known.is_none_or(|first| first == (winner == "cancel")),
            "{name}"
        );
        Round {
            winner,
            spots,
            ends,
        }
    }
}

fn of_ten_dollars(consent: InstallTokens) -> InstallTokens {
    InstallTokens {
        total_max: Some(cents(10_00)),
        ..consent
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancel_makes_room_for_a_reserve_or_comes_too_late() {
    run(CancelReserve).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_reserves_share_the_last_of_a_total() {
    run(LastOfTotal).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_reserves_share_the_last_use() {
    run(LastOfCount).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_single_use_token_is_used_once() {
    run(SingleUse).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reserve_and_the_end_of_its_token_have_an_order() {
    run(CancelTokenReserve).await;
}
