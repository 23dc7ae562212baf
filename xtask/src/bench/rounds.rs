//! The run: rounds in which every measure has its turn, forwards and backwards by turns.

use std::path::Path;
use std::time::Instant;

use super::figure::{Figure, Turn};
use super::goals;
use super::measure::{FLUSH, Measure};
use super::options::Options;
use super::peers;
use super::place::Place;
use super::report::Report;
use super::spread::Round;
use super::turn::{Context, prepare};
use crate::run::{Failure, Outcome};

/// Measures, prints, and writes what was asked for.
pub fn run(root: &Path, typed: &[String]) -> Outcome {
    let options = Options::parse(typed)?;
    let place = Place::find(root, options.keep)?;
    let wanted = goals::with_partners(&options.measures);
    let (measures, missing) = peers::part(&place, wanted, options.may_be_missing)?;
    prepare(&place, &options, &measures)?;
    let begun = Instant::now();
    let mut rounds = Vec::new();
    for number in 0..options.rounds {
        round(&place, &options, &measures, &mut rounds, number)?;
        let (done, took) = (number + 1, begun.elapsed());
        let left = took.checked_div(u32::try_from(done).unwrap_or(1));
        let left = left.unwrap_or_default() * u32::try_from(options.rounds - done).unwrap_or(0);
        eprintln!(
            "  round {done} of {} is done after {} s, about {} s are left",
            options.rounds,
            took.as_secs(),
            left.as_secs()
        );
    }
    let report = Report {
        options: &options,
        rounds: &rounds,
        missing: &missing,
    };
    print!("{}", report.text());
    let path = report.write_json(&place.work)?;
    println!("\nas JSON: {}", path.display());
    if options.docs {
        report.write_page(root)?;
        println!("the page and its charts are written");
    }
    Ok(())
}

fn round(
    place: &Place,
    options: &Options,
    measures: &[&'static Measure],
    rounds: &mut Vec<Round>,
    number: usize,
) -> Result<(), Failure> {
    let mut order = measures.to_vec();
    if number % 2 == 1 {
        order.reverse();
    }
    rounds.push(Round::new());
    for measure in [&FLUSH].into_iter().chain(order) {
        let context = Context {
            place,
            options,
            rounds,
        };
        let turn = context.take(measure).map_err(|failure| match failure {
            Failure::Because(reason) => Failure::because(format!("{}: {reason}", measure.name)),
            Failure::AlreadyTold => Failure::AlreadyTold,
        })?;
        eprintln!("    {:<15} {}", measure.name, told(&turn));
        if let Some(round) = rounds.last_mut() {
            round.insert(measure.name, turn);
        }
    }
    Ok(())
}

/// The one figure of a turn that says most about it.
fn told(turn: &Turn) -> String {
    let loudest = [
        Figure::FlushesP99,
        Figure::Rate,
        Figure::Start,
        Figure::Page,
        Figure::P50,
    ];
    let found = loudest
        .iter()
        .find_map(|figure| Some((figure, turn.get(figure)?)));
    found.map_or_else(String::new, |(figure, value)| {
        format!("{} {}", figure.unit().show(*value), figure.head())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_is_told_by_its_loudest_figure() {
        let turn = Turn::from([(Figure::P50, 1_300_000), (Figure::Rate, 10_009)]);
        assert_eq!(told(&turn), "10 009 per second");
        assert_eq!(told(&Turn::from([(Figure::P50, 112_000)])), "0.112 p50 ms");
        assert_eq!(told(&Turn::new()), "");
    }
}
