//! The WSDL and the schema that are served, and every reply held against them by `xmllint`, which
//! nobody here wrote.

use std::path::PathBuf;
use std::process::Command;

use wire::{Action, Version};

use crate::kit::{Pairs, Reply, Scene, exchange};
use crate::sample::sample;

/// A folder of one's own, removed in the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let folder = std::env::temp_dir().join(format!("holdfast-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        Folder(folder)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).expect("a file");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left of it in the system's own place for such folders harms nobody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn get(scene: &Scene, path: &str, host: &str) -> Reply {
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    exchange(scene.world.address, request.as_bytes())
}

fn served(scene: &Scene, version: Version, file: &str) -> String {
    let path = format!("/doc/{}/AmazonFPS.{file}", version.as_str());
    let reply = get(scene, &path, &scene.world.host()).ok();
    assert!(reply.head.contains("text/xml"), "{}", reply.head);
    reply.body
}

fn ask(scene: &Scene, version: Version, action: Action, asked: &Pairs) -> Reply {
    let mut signer = scene.signer();
    version.as_str().clone_into(&mut signer.version);
    signer.ask(&scene.world, action.as_str(), asked).ok()
}

fn xmllint(arguments: &[&std::ffi::OsStr]) {
    let output = Command::new("xmllint").args(arguments).output();
    let output = output.expect("xmllint: `.ci/run` installs it");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

#[test]
fn every_reply_validates_against_the_schema() {
    for version in Version::ALL {
        let scene = Scene::new();
        let folder = Folder::new(version.as_str());
        let schema = folder.write("schema.xsd", &served(&scene, version, "xsd"));
        let mut arguments = vec!["--noout".into(), "--schema".into(), schema.into_os_string()];
        // The caller has no token of its own yet.
        let none = ask(&scene, version, Action::GetTokens, &Pairs::new());
        assert!(!none.body.contains("<Token>"), "{}", none.body);
        arguments.push(folder.write("none.xml", &none.body).into_os_string());
        for action in Action::ALL {
            let reply = ask(&scene, version, action, &sample(&scene, action));
            let file = folder.write(&format!("{}.xml", action.as_str()), &reply.body);
            arguments.push(file.into_os_string());
        }
        let arguments: Vec<_> = arguments
            .iter()
            .map(std::ffi::OsString::as_os_str)
            .collect();
        xmllint(&arguments);
    }
}

#[test]
fn what_is_described_is_what_is_served() {
    let scene = Scene::new();
    for version in Version::ALL {
        let wsdl = served(&scene, version, "wsdl");
        let namespace = format!("targetNamespace=\"{}\"", version.namespace());
        assert!(wsdl.contains(&namespace), "{wsdl}");
        assert!(wsdl.contains("name=\"AmazonFPSPortType\""));
        for action in Action::ALL {
            let name = action.as_str();
            for part in [
                format!("<xs:element name=\"{name}\">"),
                format!("<xs:element name=\"{name}Response\">"),
                format!("soapAction=\"urn:{name}\""),
            ] {
                assert!(wsdl.contains(&part), "{part}");
            }
        }
        let host = scene.world.host();
        assert!(
            wsdl.contains(&format!("location=\"http://{host}/\"")),
            "{wsdl}"
        );
        let folder = Folder::new(&format!("wsdl-{}", version.as_str()));
        let file = folder.write("service.wsdl", &wsdl);
        xmllint(&["--noout".as_ref(), file.as_os_str()]);
    }
    for path in [
        "/doc/2007-01-08/AmazonFPS.wsdl",
        "/doc/2008-09-17/AmazonFPS.txt",
        "/doc/2008-09-17/",
    ] {
        let reply = get(&scene, path, &scene.world.host());
        assert!(reply.head.contains("404"), "{path}: {}", reply.head);
    }
}

#[test]
fn the_address_is_the_public_one() {
    let scene = Scene::with_settings(|settings| {
        settings.public_names = vec!["fps.example.test".to_owned()];
    });
    let wsdl = served(&scene, Version::V2008, "wsdl");
    assert!(
        wsdl.contains("location=\"http://fps.example.test/\""),
        "{wsdl}"
    );
    let plain = Scene::new();
    let path = "/doc/2008-09-17/AmazonFPS.wsdl";
    let reply = get(&plain, path, "a\"b&c.example").ok();
    assert!(!reply.body.contains("a\"b"), "{}", reply.body);
}
