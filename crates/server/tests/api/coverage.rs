//! Nothing is served that is not tested and written down.
//!
//! Wrong signatures and replays are tried with every action by loops over [`Action::ALL`], and what
//! each action is asked and what its replay comes to are matches without a rest: an action that lacks
//! them does not compile. What is left to check are files, documents and codes.

use wire::Action;
use wire::codes::CODES;

use crate::documents::{API_PAGE, NOT_PRODUCED, read};
use crate::golden;
use crate::idempotency::{Replay, replay_of};
use crate::kit::repository;
use crate::refusals::{CASES, ELSEWHERE};
use crate::soap;

#[test]
fn every_action_has_its_golden_pair() {
    for action in Action::ALL {
        let [request, reply] = golden::paths(action).map(|path| {
            let text = std::fs::read_to_string(repository(&path));
            text.unwrap_or_else(|error| panic!("{path}: {error}"))
        });
        let name = action.as_str();
        assert!(request.starts_with(&format!("Action={name}\n")), "{name}");
        assert!(reply.contains(&format!("<{name}Response xmlns=")), "{name}");
        // The request has every parameter that there is.
        for parameter in action.parameters() {
            let one_of_two =
                action == Action::GetTokenByCaller && parameter.name == "CallerReference";
            let given = request.contains(&format!("\n{}=", parameter.name))
                || request.contains(&format!("\n{}.", parameter.name));
            assert!(given || one_of_two, "{name} lacks {}", parameter.name);
        }
    }
    let folder = repository("crates/server/tests/golden");
    let files = std::fs::read_dir(folder).expect("the folder").count();
    assert_eq!(
        files,
        2 * Action::ALL.len() + 2,
        "a file belongs to no test"
    );
}

#[test]
fn every_action_has_its_golden_pair_over_soap() {
    for action in Action::ALL {
        let [body, reply] = soap::paths(action).map(|path| {
            let text = std::fs::read_to_string(repository(&path));
            text.unwrap_or_else(|error| panic!("{path}: {error}"))
        });
        let name = action.as_str();
        assert!(body.contains(&format!("<fps:{name} xmlns:fps=")), "{name}");
        assert!(
            reply.contains(&format!("{name}:Response</wsa:Action>")),
            "{name}"
        );
        for parameter in action.parameters() {
            let one_of_two =
                action == Action::GetTokenByCaller && parameter.name == "CallerReference";
            let given = body.contains(&format!("<fps:{}>", parameter.name));
            assert!(given || one_of_two, "{name} lacks {}", parameter.name);
        }
    }
    let folder = repository("crates/server/tests/golden-soap");
    let files = std::fs::read_dir(folder).expect("the folder").count();
    assert_eq!(files, 2 * Action::ALL.len(), "a file belongs to no test");
}

#[test]
fn every_action_that_has_an_effect_has_a_replay() {
    for action in Action::ALL {
        let reads = action.as_str().starts_with("Get") || action == Action::VerifySignature;
        assert_eq!(
            replay_of(action) == Replay::Reading,
            reads,
            "{}",
            action.as_str()
        );
    }
}

#[test]
fn every_action_has_its_place_in_the_documents() {
    let page = read(API_PAGE);
    for action in Action::ALL {
        let heading = format!("\n## {}\n", action.as_str());
        let (_, section) = page
            .split_once(&heading)
            .unwrap_or_else(|| panic!("{API_PAGE} lacks {heading}"));
        let section = section.split("\n## ").next().unwrap_or_default();
        for part in ["**Reply:**", "**Errors:**"] {
            assert!(section.contains(part), "{} lacks {part}", action.as_str());
        }
    }
}

#[test]
fn every_code_is_provoked_or_explained() {
    let provoked = |code: &str| {
        let by_table = CASES
            .iter()
            .flat_map(|cases| cases.iter())
            .any(|case| case.code == code);
        by_table || ELSEWHERE.iter().any(|(known, _)| *known == code)
    };
    for code in &CODES {
        let explained = NOT_PRODUCED.iter().any(|(known, _)| *known == code.name);
        assert!(
            provoked(code.name) != explained,
            "{}: provoked {}, explained {explained}",
            code.name,
            provoked(code.name)
        );
    }
    for (name, _) in NOT_PRODUCED {
        assert!(wire::codes::find(name).is_some(), "{name} is no code");
    }
}

#[test]
fn the_documents_name_every_error_that_an_action_was_seen_to_give() {
    let page = read(API_PAGE);
    for case in CASES.iter().flat_map(|cases| cases.iter()) {
        for action in case.actions {
            let name = action.as_str();
            let section = page
                .split(&format!("\n## {name}\n"))
                .nth(1)
                .unwrap_or_default();
            let section = section.split("\n## ").next().unwrap_or_default();
            let common = [
                "InvalidParams",
                "InvalidAccountState_Caller",
                "AccountClosed",
            ]
            .contains(&case.code);
            let named = section.contains(&format!("`{}`", case.code));
            assert!(named || common, "{name} does not name {}", case.code);
        }
    }
}
