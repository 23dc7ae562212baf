//! Who sends the load: callers with a key, and tokens to charge.

use serde_json::Value;
use signing::Secret;

use crate::run::Failure;

/// Callers of a load.
pub const CALLERS: usize = 4;
/// Tokens over all callers.
pub const TOKENS: usize = 256;

/// A caller: its key, and the tokens it may charge.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The id of its access key.
    pub key: String,
    /// The secret of that key.
    pub secret: Secret,
    /// Multi-use tokens.
    pub tokens: Vec<String>,
}

/// Reads what `holdfast sandbox world --json` prints.
pub fn parse(text: &str) -> Result<Vec<Caller>, Failure> {
    let value: Value = serde_json::from_str(text.trim())
        .map_err(|error| Failure::because(format!("the sandbox world is no JSON: {error}")))?;
    let callers = value["callers"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let read: Option<Vec<Caller>> = callers.iter().map(caller).collect();
    read.filter(|callers| !callers.is_empty())
        .ok_or_else(|| Failure::because("the sandbox world lacks callers, keys or tokens"))
}

fn caller(value: &Value) -> Option<Caller> {
    let text = |name: &str| value[name].as_str();
    let tokens: Option<Vec<String>> = value["SENDER_TOKENS"]
        .as_array()?
        .iter()
        .map(|token| token.as_str().map(str::to_owned))
        .collect();
    Some(Caller {
        key: text("AWS_ACCESS_KEY_ID")?.to_owned(),
        secret: Secret::new(text("AWS_SECRET_ACCESS_KEY")?),
        tokens: tokens.filter(|tokens| !tokens.is_empty())?,
    })
}

/// The callers that the ceiling knows: as many, with names as long as real ones.
pub fn of_the_ceiling() -> Vec<Caller> {
    let each = TOKENS / CALLERS;
    let token = |caller: usize, token: usize| format!("{caller:0>8}{token:0>8}{:A>48}", "");
    (0..CALLERS)
        .map(|number| Caller {
            key: format!("AKIABENCH{number:0>11}"),
            secret: Secret::new(&format!("benchmark{number:0>31}")),
            tokens: (0..each).map(|at| token(number, at)).collect(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_world_is_read_or_refused() {
        let good = r#"{"FPS_ENDPOINT":"http://127.0.0.1:1/","callers":[
            {"AWS_ACCESS_KEY_ID":"A","AWS_SECRET_ACCESS_KEY":"s","SENDER_TOKENS":["T","U"]}]}"#;
        let callers = parse(good).expect("a world");
        assert_eq!(callers.len(), 1);
        assert_eq!(callers[0].key, "A");
        assert_eq!(callers[0].tokens, ["T", "U"]);
        for bad in [
            "",
            "{}",
            r#"{"callers":[]}"#,
            &good.replace("\"T\",\"U\"", ""),
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_ceilings_names_are_as_long_as_real_ones() {
        let callers = of_the_ceiling();
        assert_eq!(callers.len(), CALLERS);
        for caller in callers {
            assert_eq!(caller.key.len(), 20);
            assert!(caller.tokens.iter().all(|token| token.len() == 64));
        }
    }
}
