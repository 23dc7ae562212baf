//! The served WSDL under zeep from PyPI: a SOAP toolkit makes a client of it, and pays with it.

use std::path::Path;
use std::process::Command;

use wire::{Action, Version};

use crate::harness::{Folder, Options, Server, python, run};
use crate::soap::Pair;

fn script(name: &str) -> Command {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
    let mut command = Command::new(python());
    command.env_clear().env("PYTHONIOENCODING", "utf-8");
    command.arg(folder.join(name));
    command
}

#[test]
fn a_toolkit_makes_a_client_of_every_version() {
    let folder = Folder::new("wsdl");
    let server = Server::start(&folder.at("data"), &Options::default());
    let caller = server.env(None);
    let endpoint = caller.values()["FPS_ENDPOINT"].clone();
    let mut command = script("wsdl_client.py");
    for version in Version::ALL {
        command.arg(format!("{endpoint}doc/{}/AmazonFPS.wsdl", version.as_str()));
    }
    let said = run(&mut command);
    let lines: Vec<_> = said.lines().collect();
    let count = Action::ALL.len();
    for line in &lines[..Version::ALL.len()] {
        assert_eq!(*line, format!("{endpoint} {count}"));
    }
    let names = Action::ALL.map(Action::as_str);
    let mut names = names.to_vec();
    names.sort_unstable();
    assert_eq!(lines[Version::ALL.len()], names.join(" "));
}

#[test]
fn a_client_made_of_the_wsdl_reserves_and_settles() {
    let folder = Folder::new("wsdl-call");
    let server = Server::start(&folder.at("data"), &Options::default());
    let caller = server.env(None);
    let pair = Pair::fresh(&folder);
    let file = pair.certificate.display().to_string();
    server.json(&["certificate", "add", caller.value("CALLER_EMAIL"), &file]);
    let endpoint = caller.value("FPS_ENDPOINT");
    let mut command = script("wsdl_call.py");
    command.arg(format!("{endpoint}doc/2008-09-17/AmazonFPS.wsdl"));
    command.envs(caller.values());
    let id = run(pair.give_to(&mut command)).trim().to_owned();
    assert_eq!(caller.status(&id), "Success");
    assert_eq!(server.command(&["check"]).code, 0);
}
