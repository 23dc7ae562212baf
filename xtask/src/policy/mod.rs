//! Which code may come in, and which of our crates may know which.
//!
//! `deny.toml` names what is banned, who alone may import what, which licences and which sources
//! are accepted; [`arrows`] names which crate of ours may import which. Both are held against the
//! graph that cargo really builds. And no two crates make programs of one name, which would lie on top of
//! each other in the target folder.
//!
//! The graph comes from `cargo tree`, not from `cargo metadata`: the latter also lists optional
//! packages that a weak feature merely mentions (`ring?/alloc`) and that are never compiled.
//! Licences and sources come from the metadata of the packages the tree names.

mod arrows;
mod graph;
mod license;
mod rules;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::run::{self, Failure, Outcome};
use graph::{Graph, Member, Package};
use rules::Rules;

/// Holds the workspace against its rules.
pub fn run(root: &Path, _: &[String]) -> Outcome {
    let text = fs::read_to_string(root.join("deny.toml"))
        .map_err(|error| Failure::because(format!("deny.toml: {error}")))?;
    let rules = Rules::parse(&text).map_err(Failure::Because)?;
    let declared = graph::metadata(root, &rules.targets)?;
    let mut findings = Vec::new();
    for target in &rules.targets {
        let built = Graph::built_for(root, target, &declared.packages)?;
        eprintln!("  {} packages are built for {target}", built.packages.len());
        findings.extend(breaches(&rules, &built));
    }
    findings.extend(arrows::breaches(&declared.members));
    findings.extend(namesakes(&declared.members));
    if let Ok(page) = fs::read_to_string(root.join(arrows::PAGE)) {
        findings.extend(arrows::differences(&page));
    }
    findings.sort();
    findings.dedup();
    run::verdict(&findings)
}

/// Prints the table of arrows as ARCHITECTURE.md must hold it; with `--write`, puts it there.
pub fn show_arrows(root: &Path, arguments: &[String]) -> Outcome {
    if !arguments.iter().any(|argument| argument == "--write") {
        println!("{}", arrows::table());
        return Ok(());
    }
    let place = root.join(arrows::PAGE);
    let odd = |error| Failure::because(format!("{}: {error}", arrows::PAGE));
    let page = fs::read_to_string(&place).map_err(odd)?;
    let page = arrows::with_table(&page)
        .ok_or_else(|| Failure::because(format!("{} has no marks for it", arrows::PAGE)))?;
    fs::write(&place, page).map_err(odd)
}

/// Programs that several crates make.
fn namesakes(members: &[Member]) -> Vec<String> {
    let mut makers: BTreeMap<&String, Vec<&str>> = BTreeMap::new();
    for member in members {
        for program in &member.programs {
            makers.entry(program).or_default().push(&member.name);
        }
    }
    let several = makers.into_iter().filter(|(_, makers)| 1 < makers.len());
    several
        .map(|(program, makers)| format!("{program} is made by {}", makers.join(" and ")))
        .collect()
}

/// What in the graph breaks `deny.toml`.
fn breaches(rules: &Rules, graph: &Graph) -> Vec<String> {
    let mut findings = Vec::new();
    for package in &graph.packages {
        findings.extend(ban_broken(rules, graph, package));
        if let Err(reason) = license::accepted(&package.license, &rules.licenses) {
            findings.push(format!(
                "licence of {} {}: {reason}",
                package.name, package.version
            ));
        }
        if let Some(source) = &package.source
            && !rules
                .registries
                .iter()
                .any(|allowed| source == &format!("registry+{allowed}"))
        {
            findings.push(format!(
                "source of {} {}: {source}",
                package.name, package.version
            ));
        }
    }
    findings
}

fn ban_broken(rules: &Rules, graph: &Graph, package: &Package) -> Vec<String> {
    let Some(ban) = rules.bans.iter().find(|ban| ban.package == package.name) else {
        return Vec::new();
    };
    graph
        .importers_of(package)
        .filter(|importer| !ban.wrappers.contains(*importer))
        .map(|importer| format!("{importer} imports {}: {}", package.name, ban.reason))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const RULES: &str = r#"
        [graph]
        targets = ["x86_64-unknown-linux-gnu"]
        [bans]
        deny = [
            { crate = "ring", reason = "one library" },
            { crate = "rusqlite", wrappers = ["store-sqlite"], reason = "one home" },
        ]
        [licenses]
        allow = ["MIT"]
        [sources]
        allow-registry = ["https://example.test/index"]
    "#;

    fn package(name: &str, license: &str, source: Option<&str>) -> Package {
        Package {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            license: license.to_owned(),
            source: source.map(str::to_owned),
        }
    }

    fn check(packages: &[Package], tree: &str, expected: &[&str]) {
        let rules = Rules::parse(RULES).expect("the rules are well-formed");
        let graph = Graph::parse(tree, packages).expect("the tree is well-formed");
        assert_eq!(breaches(&rules, &graph), expected);
    }

    #[test]
    fn bans_hold_for_everyone_but_the_named_importers() {
        let home = Some("registry+https://example.test/index");
        check(
            &[
                package("store-sqlite", "MIT", None),
                package("rusqlite", "MIT", home),
                package("wire", "MIT", None),
                package("ring", "MIT", home),
            ],
            "0|store-sqlite v1.0.0 (/x)|\n1|rusqlite v1.0.0|\n\n\
             0|wire v1.0.0 (/y)|\n1|rusqlite v1.0.0| (*)\n1|ring v1.0.0|\n",
            &[
                "wire imports ring: one library",
                "wire imports rusqlite: one home",
            ],
        );
    }

    #[test]
    fn licences_and_sources_are_looked_at_for_built_packages_only() {
        check(
            &[
                package("wire", "MIT", None),
                package(
                    "copyleft",
                    "GPL-3.0-only",
                    Some("registry+https://example.test/index"),
                ),
                package("fork", "MIT", Some("git+https://example.test/fork")),
                package(
                    "never-built",
                    "GPL-3.0-only",
                    Some("git+https://example.test/no"),
                ),
            ],
            "0|wire v1.0.0 (/y)|\n1|copyleft v1.0.0|\n1|fork v1.0.0 (https://example.test/fork)|\n",
            &[
                "licence of copyleft 1.0.0: `GPL-3.0-only` is not among the accepted ones",
                "source of fork 1.0.0: git+https://example.test/fork",
            ],
        );
    }

    #[test]
    fn programs_have_one_maker() {
        let member = |name: &str, programs: &[&str]| Member {
            name: name.to_owned(),
            imports: BTreeSet::new(),
            test_imports: BTreeSet::new(),
            programs: programs.iter().map(|name| (*name).to_owned()).collect(),
        };
        let members = [
            member("a", &["example pace", "bin tool"]),
            member("b", &["example pace", "example tool"]),
        ];
        assert_eq!(namesakes(&members), ["example pace is made by a and b"]);
        assert!(namesakes(&members[..1]).is_empty());
    }
}
