//! The pages as people meet them: in a real Chromium, headless, on a desktop and on a phone, with
//! scripts and without, by pointer and by keyboard.
//!
//! Every test starts its own server, its own browser and a small shop that the browser comes back
//! to. On every page that a person passes it is checked that nothing has to be scrolled sideways
//! and that every control has a name; at the end, that the browser asked nobody but the server and
//! the shop for anything, and had nothing to complain about. A missing browser is a failure:
//! `.ci/run` installs it.

mod driver;
mod element;
mod inspect;
mod look;
mod person;
mod shop;
mod wire;

mod agreements;
mod colours;
mod consent;
mod keyboard;
mod limits;
mod readme;
mod recipient;
mod refusal;
mod setups;
mod statuses;
mod wrong;

use driver::Browser;
use look::Look;
use shop::Shop;

use crate::harness::{Caller, Folder, Options, Server};

/// A server, a shop that calls it, and a browser.
struct Scene {
    browser: Browser,
    shop: Shop,
    caller: Caller,
    server: Server,
    _folder: Folder,
}

impl Scene {
    /// A fresh one. The name is the test's own.
    fn set(name: &str, look: Look) -> Scene {
        let folder = Folder::new(name);
        let server = Server::start(&folder.at("data"), &Options::default());
        let caller = server.env(None);
        let browser = Browser::start(name, look);
        Scene {
            browser,
            shop: Shop::open(),
            caller,
            server,
            _folder: folder,
        }
    }

    /// Sends the browser to the Co-Branded pages with a signed request.
    fn send(&self, parameters: &[(&str, &str)]) {
        self.browser.go(&self.shop.link(&self.caller, parameters));
    }

    /// What the shop is told when the browser is back, once the server has said that it is genuine.
    fn returned(&self) -> Vec<(String, String)> {
        self.browser.shows(shop::HEADING);
        let query = self.shop.returned();
        let url = self.shop.return_point();
        let asked = [
            ("UrlEndPoint", url.as_str()),
            ("HttpParameters", query.as_str()),
        ];
        let verdict = self
            .caller
            .must("VerifySignature", &asked)
            .must("VerificationStatus");
        assert_eq!(verdict, "Success", "{query}");
        crate::harness::pairs_of(&query)
    }

    /// The browser spoke to nobody else, and did not complain.
    fn nobody_else_was_asked(&self) {
        self.browser
            .asked_only(&[&self.caller.address, &self.shop.address]);
        self.browser.did_not_complain();
    }
}
