//! How a person looks at the pages, and by what they touch them.

use serde_json::{Value, json};

/// CSS pixels of a desktop window.
const DESKTOP: (u32, u32) = (1280, 900);
/// CSS pixels of a phone.
const PHONE: (u32, u32) = (375, 812);
/// Pixels of a phone's screen to each CSS pixel.
const PHONE_RATIO: u32 = 2;

/// A kind of browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Whether it is a phone.
    pub phone: bool,
    /// Whether pages may run scripts.
    pub scripts: bool,
    /// By what the person touches the pages.
    pub hand: Hand,
}

/// By what a person touches the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hand {
    /// A mouse or a finger.
    Pointer,
    /// Keys and nothing else.
    Keyboard,
}

impl Look {
    /// A desktop.
    pub const DESKTOP: Look = Look {
        phone: false,
        scripts: true,
        hand: Hand::Pointer,
    };
    /// A phone.
    pub const PHONE: Look = Look {
        phone: true,
        ..Look::DESKTOP
    };
    /// A desktop where scripts are switched off.
    pub const DESKTOP_WITHOUT_SCRIPTS: Look = Look {
        scripts: false,
        ..Look::DESKTOP
    };
    /// A phone where scripts are switched off.
    pub const PHONE_WITHOUT_SCRIPTS: Look = Look {
        scripts: false,
        ..Look::PHONE
    };
    /// A desktop without a pointer.
    pub const KEYBOARD: Look = Look {
        hand: Hand::Keyboard,
        ..Look::DESKTOP
    };

    /// `desktop` or `phone`.
    pub fn name(self) -> &'static str {
        if self.phone { "phone" } else { "desktop" }
    }

    /// CSS pixels that a page is wide.
    pub fn width(self) -> u32 {
        if self.phone { PHONE.0 } else { DESKTOP.0 }
    }

    /// What the driver is asked to start. No part of the browser may speak to its maker.
    pub fn capabilities(self) -> Value {
        let (width, height) = DESKTOP;
        let mut chrome = json!({
            "args": [
                "headless=new", "no-sandbox", "disable-gpu", "disable-dev-shm-usage",
                "disable-quic", "no-first-run", "no-proxy-server", "disable-background-networking",
                "disable-component-update", "disable-sync", "disable-default-apps", "lang=en-US",
                "hide-scrollbars", format!("window-size={width},{height}"),
            ],
            "prefs": {
                "credentials_enable_service": false,
                "profile.password_manager_enabled": false,
                "autofill.credit_card_enabled": false,
                "autofill.profile_enabled": false,
            },
        });
        if !self.scripts {
            chrome["prefs"]["profile.managed_default_content_settings.javascript"] = json!(2);
        }
        if self.phone {
            let (width, height) = PHONE;
            // The driver's finger needs scripts; without them the page is touched by a pointer.
            let size = json!({
                "width": width, "height": height, "pixelRatio": PHONE_RATIO, "touch": self.scripts,
            });
            chrome["mobileEmulation"] = json!({ "deviceMetrics": size });
        }
        if let Some(binary) = std::env::var_os("HOLDFAST_TEST_CHROMIUM") {
            chrome["binary"] = json!(binary.to_string_lossy());
        }
        json!({ "capabilities": { "alwaysMatch": {
            "goog:chromeOptions": chrome,
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        } } })
    }
}
