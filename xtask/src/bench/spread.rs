//! Many rounds in three numbers, and the rounds they come from.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::figure::{Figure, Turn, thousandths_of};
use super::goals::{Goal, Point};

/// The turns of one round, by the names of their measures.
pub type Round = BTreeMap<&'static str, Turn>;

/// The middle of some values and the ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spread {
    /// Half of the values are at most this.
    pub median: u64,
    /// The least.
    pub least: u64,
    /// The most.
    pub most: u64,
}

impl Spread {
    /// Of some values; of none there is nothing to say.
    pub fn of(mut values: Vec<u64>) -> Option<Spread> {
        values.sort_unstable();
        let (least, most) = (*values.first()?, *values.last()?);
        let (low, high) = (values[(values.len() - 1) / 2], values[values.len() / 2]);
        Some(Spread {
            median: low.midpoint(high),
            least,
            most,
        })
    }

    /// For programs.
    pub fn json(self) -> Value {
        json!({ "median": self.median, "least": self.least, "most": self.most })
    }
}

/// A figure in each round that has it.
pub fn values(rounds: &[Round], measure: &str, figure: Figure) -> Vec<u64> {
    let point = |round: &Round| round.get(measure)?.get(&figure).copied();
    rounds.iter().filter_map(point).collect()
}

/// What a goal came to in each round that has both of its sides.
pub fn judged(rounds: &[Round], goal: &Goal) -> Vec<u64> {
    let read = |round: &Round, point: Point| round.get(point.measure)?.get(&point.figure).copied();
    let of_round = |round: &Round| {
        let over = read(round, goal.over)?;
        match goal.under {
            Some(under) => thousandths_of(over, read(round, under)?),
            None => Some(over),
        }
    };
    rounds.iter().filter_map(of_round).collect()
}

#[cfg(test)]
mod tests {
    use super::super::goals::GOALS;
    use super::*;

    #[test]
    fn the_middle_of_an_even_number_lies_between_two() {
        let median = |values: &[u64]| Spread::of(values.to_vec()).map(|spread| spread.median);
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[7]), Some(7));
        assert_eq!(median(&[9, 1, 5]), Some(5));
        assert_eq!(median(&[9, 1, 5, 6]), Some(5));
        let ends = Spread::of(vec![9, 1, 5]).expect("three values");
        assert_eq!((ends.least, ends.most), (1, 9));
    }

    #[test]
    fn ratios_are_taken_round_by_round() {
        let round = |ceiling: u64, reserve: Option<u64>| -> Round {
            let turn = |rate| Turn::from([(Figure::Rate, rate)]);
            let mut round = Round::from([("ceiling", turn(ceiling))]);
            round.extend(reserve.map(|rate| ("reserve", turn(rate))));
            round
        };
        let rounds = [
            round(10_000, Some(4_000)),
            round(40_000, Some(12_000)),
            round(20_000, None),
            round(0, Some(1)),
        ];
        assert_eq!(judged(&rounds, &GOALS[0]), [400, 300]);
        assert_eq!(values(&rounds, "reserve", Figure::Rate), [4_000, 12_000, 1]);
        assert_eq!(values(&rounds, "reserve", Figure::P50), Vec::<u64>::new());
    }
}
