//! What must be reached: ratios of two sides of one run, in thousandths.

use super::side::Side;

/// A ratio that is measured, and how large it should be.
#[derive(Debug)]
pub struct Goal {
    /// What is divided by what, in words.
    pub what: &'static str,
    /// The side above the line.
    pub over: Side,
    /// The side below it.
    pub under: Side,
    /// At least this, in thousandths.
    pub floor: u64,
    /// Better this.
    pub aim: u64,
    /// The dream.
    pub dream: u64,
}

/// Every ratio that is measured.
pub const GOALS: &[Goal] = &[
    Goal {
        what: "durable signed Reserve ÷ signed ceiling",
        over: Side::Reserve,
        under: Side::Ceiling,
        floor: 300,
        aim: 400,
        dream: 500,
    },
    Goal {
        what: "whole lives ÷ Reserve alone",
        over: Side::Life,
        under: Side::Reserve,
        floor: 250,
        aim: 400,
        dream: 500,
    },
];

/// The sides that the wanted ones need: themselves, and what they are compared with.
pub fn sides(wanted: &[Side]) -> Vec<Side> {
    let goals = GOALS.iter().filter(|goal| wanted.contains(&goal.over));
    let mut sides: Vec<Side> = goals
        .map(|goal| goal.under)
        .chain(wanted.iter().copied())
        .collect();
    sides.sort();
    sides.dedup();
    sides
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_side_comes_with_what_it_is_compared_with() {
        assert_eq!(sides(&[Side::Ceiling]), [Side::Ceiling]);
        assert_eq!(sides(&[Side::Reserve]), [Side::Ceiling, Side::Reserve]);
        assert_eq!(sides(&[Side::Life]), [Side::Reserve, Side::Life]);
        assert_eq!(sides(&[Side::Life, Side::Reserve]), Side::ALL);
    }
}
