//! The served WSDL under zeep from PyPI: a SOAP toolkit makes a client of it.

use std::path::Path;
use std::process::Command;

use wire::{Action, Version};

use crate::harness::{Folder, Options, Server, python, run};

#[test]
fn a_toolkit_makes_a_client_of_every_version() {
    let folder = Folder::new("wsdl");
    let server = Server::start(&folder.at("data"), &Options::default());
    let caller = server.env(None);
    let endpoint = caller.values()["FPS_ENDPOINT"].clone();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/wsdl_client.py");
    let mut command = Command::new(python());
    command.env_clear().arg(script);
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
