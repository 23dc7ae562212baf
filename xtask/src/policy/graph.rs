//! What cargo says: the packages, who imports whom in a build, what our manifests declare.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use crate::run::{self, Failure};

/// One package of one version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its licence expression; empty when it declares none.
    pub license: String,
    /// Where it comes from; `None` for our own.
    pub source: Option<String>,
}

/// One crate of ours, as its manifest declares it.
#[derive(Debug, PartialEq, Eq)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// What it imports, in code and in its build script.
    pub imports: BTreeSet<String>,
    /// What only its tests import.
    pub test_imports: BTreeSet<String>,
    /// The programs it makes: `bin holdfast`, `example pace`.
    pub programs: BTreeSet<String>,
}

/// What the manifests declare, built or not.
#[derive(Debug)]
pub struct Declared {
    /// Every package that could be built.
    pub packages: Vec<Package>,
    /// Our own crates.
    pub members: Vec<Member>,
}

/// Asks cargo for the packages and for what our own crates declare.
///
/// Packages that no target needs are left out, so that nobody has to download them.
pub fn metadata(root: &Path, targets: &[String]) -> Result<Declared, Failure> {
    let mut arguments = vec![
        "metadata",
        "--locked",
        "--format-version",
        "1",
        "--all-features",
    ];
    for target in targets {
        arguments.extend(["--filter-platform", target]);
    }
    let text = run::output_of(root, "cargo", &arguments)?;
    declared(&text).ok_or_else(|| Failure::because("cargo metadata has another shape than known"))
}

fn declared(text: &str) -> Option<Declared> {
    let whole: Value = serde_json::from_str(text).ok()?;
    let (mut packages, mut members) = (Vec::new(), Vec::new());
    for entry in whole["packages"].as_array()? {
        let package = Package {
            name: entry["name"].as_str()?.to_owned(),
            version: entry["version"].as_str()?.to_owned(),
            license: entry["license"].as_str().unwrap_or_default().to_owned(),
            source: entry["source"].as_str().map(str::to_owned),
        };
        if package.source.is_none() {
            members.push(Member {
                programs: programs(entry["targets"].as_array()?)?,
                ..member(&package.name, entry["dependencies"].as_array()?)?
            });
        }
        packages.push(package);
    }
    Some(Declared { packages, members })
}

fn member(name: &str, dependencies: &[Value]) -> Option<Member> {
    let (mut imports, mut test_imports) = (BTreeSet::new(), BTreeSet::new());
    for dependency in dependencies {
        let imported = dependency["name"].as_str()?.to_owned();
        let only_tests = dependency["kind"].as_str() == Some("dev");
        if only_tests {
            test_imports.insert(imported)
        } else {
            imports.insert(imported)
        };
    }
    Some(Member {
        name: name.to_owned(),
        imports,
        test_imports,
        programs: BTreeSet::new(),
    })
}

fn programs(targets: &[Value]) -> Option<BTreeSet<String>> {
    let mut programs = BTreeSet::new();
    for target in targets {
        let kind = target["kind"].as_array()?.first()?.as_str()?;
        if matches!(kind, "bin" | "example") {
            programs.insert(format!("{kind} {}", target["name"].as_str()?));
        }
    }
    Some(programs)
}

/// The packages of one build, and who imports whom in it.
#[derive(Debug)]
pub struct Graph {
    /// Each package once, in order of name and version.
    pub packages: BTreeSet<Package>,
    importers: BTreeMap<(String, String), BTreeSet<String>>,
}

impl Graph {
    /// The graph of a build of the whole workspace, tests included, for `target`.
    pub fn built_for(root: &Path, target: &str, known: &[Package]) -> Result<Graph, Failure> {
        let arguments = [
            "tree",
            "--locked",
            "--workspace",
            "--all-features",
            "--target",
            target,
            "--edges",
            "normal,build,dev",
            "--prefix",
            "depth",
            "--format",
            "|{p}|",
        ];
        let tree = run::output_of(root, "cargo", &arguments)?;
        Graph::parse(&tree, known).map_err(Failure::Because)
    }

    /// Reads the lines of the tree: depth, package, and a mark on those already shown above.
    pub fn parse(tree: &str, known: &[Package]) -> Result<Graph, String> {
        let mut graph = Graph {
            packages: BTreeSet::new(),
            importers: BTreeMap::new(),
        };
        let mut above: Vec<String> = Vec::new();
        for line in tree.lines().filter(|line| !line.is_empty()) {
            let (depth, name, version) =
                parts(line).ok_or_else(|| format!("cargo tree: odd line `{line}`"))?;
            let package = known
                .iter()
                .find(|package| package.name == name && package.version == version)
                .ok_or_else(|| format!("cargo tree names {name} {version}, metadata does not"))?;
            above.truncate(depth);
            if let Some(importer) = above.last() {
                let key = (name.to_owned(), version.to_owned());
                graph
                    .importers
                    .entry(key)
                    .or_default()
                    .insert(importer.clone());
            }
            above.push(name.to_owned());
            graph.packages.insert(package.clone());
        }
        Ok(graph)
    }

    /// Who imports a package directly.
    pub fn importers_of(&self, package: &Package) -> impl Iterator<Item = &String> {
        self.importers
            .get(&(package.name.clone(), package.version.clone()))
            .into_iter()
            .flatten()
    }
}

/// `2|serde v1.0.0 (proc-macro)| (*)` is depth 2, `serde`, `1.0.0`.
fn parts(line: &str) -> Option<(usize, &str, &str)> {
    let mut fields = line.split('|');
    let depth = fields.next()?.parse().ok()?;
    let mut words = fields.next()?.split(' ');
    let name = words.next()?;
    let version = words.next()?.strip_prefix('v')?;
    Some((depth, name, version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_tells_test_imports_from_the_rest() {
        let text = r#"{"packages": [
            {"name": "wire", "version": "0.1.0", "license": "MIT", "source": null, "dependencies": [
                {"name": "xml", "kind": null}, {"name": "cc", "kind": "build"},
                {"name": "proptest", "kind": "dev"}],
             "targets": [{"kind": ["lib"], "name": "wire"}, {"kind": ["example"], "name": "say"}]},
            {"name": "cc", "version": "1.2.3", "license": null, "source": "registry+x",
             "dependencies": []}]}"#;
        let found = declared(text).expect("it is well-formed");
        let names = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect();
        let wire = Member {
            name: "wire".to_owned(),
            imports: names(&["cc", "xml"]),
            test_imports: names(&["proptest"]),
            programs: names(&["example say"]),
        };
        assert_eq!(found.members, [wire]);
        assert_eq!(found.packages.len(), 2);
        assert!(declared("{}").is_none());
    }

    #[test]
    fn lines_of_the_tree() {
        assert_eq!(
            parts("0|wire v0.1.0 (/somewhere/wire)|"),
            Some((0, "wire", "0.1.0"))
        );
        assert_eq!(
            parts("12|serde_derive v1.0.0 (proc-macro)| (*)"),
            Some((12, "serde_derive", "1.0.0"))
        );
        assert_eq!(parts("[dev-dependencies]"), None);
    }

    #[test]
    fn a_tree_with_an_unknown_package_is_refused() {
        let outcome = Graph::parse("0|wire v0.1.0|", &[]);
        assert_eq!(
            outcome.err().as_deref(),
            Some("cargo tree names wire 0.1.0, metadata does not")
        );
    }
}
