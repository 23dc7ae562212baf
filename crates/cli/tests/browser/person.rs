//! What a person does on the pages.

use super::driver::Browser;

/// The page that asks who is there.
pub const SIGN_IN: &str = "Sign in";
/// The page that makes an account.
pub const SIGN_UP: &str = "Create an account";
/// The page that asks what to pay with.
pub const PAYMENT: &str = "How do you want to pay?";
/// The page that asks for the shipping address.
pub const ADDRESS: &str = "Where should it go?";
/// The page of consent.
pub const CONFIRM: &str = "Check and confirm";

/// Where Ada has things sent, as the return URL names it.
pub const ADA_LIVES: [(&str, &str); 6] = [
    ("addressName", "Ada Archer"),
    ("addressLine1", "7 Fern Lane"),
    ("city", "Ashland"),
    ("state", "Oregon"),
    ("zip", "97520"),
    ("country", "United States"),
];

impl Browser {
    /// Signs up as a new buyer, from the sign-in page.
    pub fn sign_up_as_ada(&self) {
        self.follow("Create an account");
        self.shows(SIGN_UP);
        for (field, value) in [
            ("name", "Ada Archer"),
            ("email", "ada@example.com"),
            ("password", "a long enough password"),
        ] {
            self.fill(field, value);
        }
        self.press("sign-up");
    }

    /// Signs in, from the sign-in page.
    pub fn sign_in(&self, email: &str, password: &str) {
        self.fill("email", email);
        self.fill("password", password);
        self.press("sign-in");
    }

    /// Adds the test card that is always approved.
    pub fn add_card(&self) {
        for (field, value) in [
            ("card_number", "4242 4242 4242 4242"),
            ("card_month", "12"),
            ("card_year", "2040"),
            ("card_code", "123"),
            ("card_name", "Ada Archer"),
        ] {
            self.fill(field, value);
        }
        self.press("add-card");
    }

    /// Says where to send it.
    pub fn give_address(&self) {
        for (field, value) in ADA_LIVES {
            self.fill(field, value);
        }
        self.press("set-address");
    }

    /// The page says all of this, however its lines are broken.
    pub fn says(&self, sentences: &[&str]) {
        let text = self.text("main");
        let words: Vec<&str> = text.split_whitespace().collect();
        let text = words.join(" ");
        for sentence in sentences {
            assert!(text.contains(sentence), "no “{sentence}” in: {text}");
        }
    }
}
