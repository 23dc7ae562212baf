use std::collections::BTreeSet;

use super::*;

#[test]
fn names_are_unlike_each_other_and_unlike_groups() {
    let groups = Group::ALL.iter().map(|(name, _)| *name);
    let names: Vec<&str> = MEASURES
        .iter()
        .map(|measure| measure.name)
        .chain(groups)
        .collect();
    let unlike: BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(unlike.len(), names.len());
    assert!(find(PEAK).is_some());
    assert!(find("flush").is_none(), "it is always taken");
}
