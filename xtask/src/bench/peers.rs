//! Whether other people's programs are here, before a run of which some measures need them.
//!
//! What can be installed is installed, at one exact version, into the folder of the benchmarks. Who
//! names a measure wants it: then a program that cannot be had ends the run before it begins. Who asks
//! for everything gets all the rest, and is told what is missing and why.

use std::path::Path;

use super::localstripe;
use super::measure::{Measure, Plan};
use super::place::Place;
use crate::run::{self, Failure};

/// A measure that cannot be taken here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Its name.
    pub measure: &'static str,
    /// What is not here.
    pub why: String,
}

/// Somebody else's program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    /// One that the machine has or has not, and what it is asked to show that it runs.
    Program(&'static str, &'static str),
    /// localstripe, which is installed here.
    Localstripe,
}

/// The measures that can be taken, in their order, and those that cannot.
pub type Parted = (Vec<&'static Measure>, Vec<Missing>);

/// Parts measures into those that can be taken here and those that cannot; fails for the latter
/// unless they may be missing.
pub fn part(
    place: &Place,
    measures: Vec<&'static Measure>,
    may_be_missing: bool,
) -> Result<Parted, Failure> {
    part_by(measures, may_be_missing, |need| need.meet(&place.work))
}

fn part_by(
    measures: Vec<&'static Measure>,
    may_be_missing: bool,
    mut meet: impl FnMut(Need) -> Result<(), Failure>,
) -> Result<Parted, Failure> {
    let (mut here, mut missing) = (Vec::new(), Vec::new());
    for measure in measures {
        match need_of(measure.plan).map_or(Ok(()), &mut meet) {
            Ok(()) => here.push(measure),
            Err(Failure::Because(why)) if may_be_missing => {
                eprintln!("  {} is left out: {why}", measure.name);
                let measure = measure.name;
                missing.push(Missing { measure, why });
            }
            Err(Failure::Because(why)) => {
                let name = measure.name;
                return Err(Failure::because(format!(
                    "{name} cannot be measured here: {why}"
                )));
            }
            Err(Failure::AlreadyTold) => return Err(Failure::AlreadyTold),
        }
    }
    Ok((here, missing))
}

const fn need_of(plan: Plan) -> Option<Need> {
    match plan {
        Plan::Postgres(_) | Plan::PostgresPace(_) => Some(Need::Program("initdb", "--version")),
        Plan::OpenSsl => Some(Need::Program("openssl", "version")),
        Plan::Localstripe => Some(Need::Localstripe),
        Plan::Flush
        | Plan::Ceiling(_)
        | Plan::Load(_)
        | Plan::Start(_)
        | Plan::Restart(_)
        | Plan::Reads(_)
        | Plan::Notified(_)
        | Plan::Library
        | Plan::Pace => None,
    }
}

/// Whether a measure needs a program that is not ours: then it is taken only when it is asked for.
pub const fn is_foreign(plan: Plan) -> bool {
    need_of(plan).is_some()
}

impl Need {
    fn meet(self, work: &Path) -> Result<(), Failure> {
        match self {
            Need::Program(program, word) if run::answers(program, &[word]) => Ok(()),
            Need::Program(program, _) => {
                Err(Failure::because(format!("`{program}` does not start")))
            }
            Need::Localstripe => localstripe::install(work),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::measure::find;

    fn parted(may_be_missing: bool) -> Result<Parted, Failure> {
        let named = ["life", "localstripe", "openssl"].into_iter();
        let measures = named.filter_map(find).collect();
        part_by(measures, may_be_missing, |need| match need {
            Need::Localstripe => Err(Failure::because("no network")),
            Need::Program(..) => Ok(()),
        })
    }

    #[test]
    fn what_was_not_named_may_be_missing() {
        let (here, missing) = parted(true).expect("the rest can be measured");
        let here: Vec<_> = here.iter().map(|measure| measure.name).collect();
        assert_eq!(here, ["life", "openssl"]);
        let expected = Missing {
            measure: "localstripe",
            why: "no network".to_owned(),
        };
        assert_eq!(missing, [expected]);
    }

    #[test]
    fn what_was_named_may_not() {
        let Err(Failure::Because(why)) = parted(false) else {
            panic!("a measure that was named is not there");
        };
        assert_eq!(why, "localstripe cannot be measured here: no network");
    }

    #[test]
    fn a_program_that_nobody_has_is_named() {
        let here = Path::new(".");
        let found = Need::Program("no-such-program-anywhere", "--version").meet(here);
        assert!(matches!(found, Err(Failure::Because(why)) if why.contains("no-such-program")));
        assert!(Need::Program("true", "--version").meet(here).is_ok());
    }
}
