//! Reading `deny.toml`: the part of cargo-deny's format that we use, and nothing unread beside it.

use toml::{Table, Value};

/// The rules of `deny.toml`.
#[derive(Debug, Default, PartialEq)]
pub struct Rules {
    /// The targets whose graph is looked at.
    pub targets: Vec<String>,
    /// Packages nobody, or only somebody, may import.
    pub bans: Vec<Ban>,
    /// Accepted licences, by their SPDX names.
    pub licenses: Vec<String>,
    /// Accepted registries, by their addresses.
    pub registries: Vec<String>,
}

/// One package that is banned, wholly or but for some importers.
#[derive(Debug, PartialEq)]
pub struct Ban {
    /// The banned package.
    pub package: String,
    /// Who may import it all the same.
    pub wrappers: Vec<String>,
    /// Why.
    pub reason: String,
}

/// Settings of cargo-deny that say what we enforce anyway; kept so that it can be used too.
const FIXED: &[(&str, &str, &str)] = &[
    ("bans", "multiple-versions", "allow"),
    ("sources", "unknown-registry", "deny"),
    ("sources", "unknown-git", "deny"),
];

impl Rules {
    /// Reads the rules; a key that would be silently ignored is an error.
    pub fn parse(text: &str) -> Result<Rules, String> {
        let file: Table = text
            .parse()
            .map_err(|error| format!("deny.toml: {error}"))?;
        let mut rules = Rules::default();
        for (section, value) in &file {
            let Value::Table(keys) = value else {
                return Err(format!("deny.toml: `{section}` is not a section"));
            };
            for (key, value) in keys {
                rules.take(section, key, value)?;
            }
        }
        if rules.targets.is_empty() {
            return Err("deny.toml: graph.targets names no target".to_owned());
        }
        Ok(rules)
    }

    fn take(&mut self, section: &str, key: &str, value: &Value) -> Result<(), String> {
        let place = format!("{section}.{key}");
        match place.as_str() {
            "graph.targets" => self.targets = strings(&place, value)?,
            "licenses.allow" => self.licenses = strings(&place, value)?,
            "sources.allow-registry" => self.registries = strings(&place, value)?,
            "bans.deny" => {
                let list = value
                    .as_array()
                    .ok_or_else(|| format!("deny.toml: {place}: no list"))?;
                self.bans = list.iter().map(ban).collect::<Result<_, _>>()?;
            }
            _ => fixed(section, key, value)?,
        }
        Ok(())
    }
}

fn fixed(section: &str, key: &str, value: &Value) -> Result<(), String> {
    let known = FIXED
        .iter()
        .find(|(in_section, named, _)| (*in_section, *named) == (section, key));
    match known {
        Some((_, _, only)) if value.as_str() == Some(only) => Ok(()),
        Some((_, _, only)) => Err(format!("deny.toml: {section}.{key} can only be `{only}`")),
        None => Err(format!(
            "deny.toml: `cargo xtask policy` does not read {section}.{key}"
        )),
    }
}

fn ban(entry: &Value) -> Result<Ban, String> {
    let keys = entry.as_table().ok_or("deny.toml: a ban is a table")?;
    if let Some(odd) = keys
        .keys()
        .find(|key| !["crate", "wrappers", "reason"].contains(&&***key))
    {
        return Err(format!(
            "deny.toml: `cargo xtask policy` does not read `{odd}` of a ban"
        ));
    }
    let word = |key: &str| {
        let text = keys
            .get(key)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty());
        text.map(str::to_owned)
            .ok_or_else(|| format!("deny.toml: a ban lacks its `{key}`"))
    };
    let wrappers = match keys.get("wrappers") {
        Some(list) => strings("bans.deny.wrappers", list)?,
        None => Vec::new(),
    };
    Ok(Ban {
        package: word("crate")?,
        wrappers,
        reason: word("reason")?,
    })
}

fn strings(place: &str, value: &Value) -> Result<Vec<String>, String> {
    let words = value.as_array().and_then(|list| {
        list.iter()
            .map(|word| word.as_str().map(str::to_owned))
            .collect::<Option<Vec<_>>>()
    });
    words.ok_or_else(|| format!("deny.toml: {place} is not a list of strings"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TARGET: &str = "[graph]\ntargets = [\"here\"]\n";

    #[test]
    fn reads_every_rule_it_knows() {
        let text = format!(
            "{TARGET}[bans]\nmultiple-versions = \"allow\"\n\
             deny = [{{ crate = \"a\", wrappers = [\"b\"], reason = \"c\" }}]\n\
             [licenses]\nallow = [\"MIT\"]\n[sources]\nallow-registry = [\"r\"]\n"
        );
        let one = |word: &str| vec![word.to_owned()];
        let ban = Ban {
            package: "a".to_owned(),
            wrappers: one("b"),
            reason: "c".to_owned(),
        };
        let expected = Rules {
            targets: one("here"),
            bans: vec![ban],
            licenses: one("MIT"),
            registries: one("r"),
        };
        assert_eq!(Rules::parse(&text), Ok(expected));
    }

    #[test]
    fn ignores_nothing() {
        let cases = [
            (
                "[bans]\nallow = []",
                "deny.toml: `cargo xtask policy` does not read bans.allow",
            ),
            (
                "[bans]\nmultiple-versions = \"deny\"",
                "deny.toml: bans.multiple-versions can only be `allow`",
            ),
            (
                "[bans]\ndeny = [{ crate = \"a\" }]",
                "deny.toml: a ban lacks its `reason`",
            ),
            (
                "[bans]\ndeny = [{ crate = \"a\", reason = \"b\", version = \"1\" }]",
                "deny.toml: `cargo xtask policy` does not read `version` of a ban",
            ),
            (
                "[licenses]\nallow = [1]",
                "deny.toml: licenses.allow is not a list of strings",
            ),
        ];
        for (more, expected) in cases {
            assert_eq!(
                Rules::parse(&format!("{TARGET}{more}")),
                Err(expected.to_owned())
            );
        }
        let lacking = Rules::parse("[licenses]\nallow = []");
        assert_eq!(
            lacking,
            Err("deny.toml: graph.targets names no target".to_owned())
        );
    }
}
