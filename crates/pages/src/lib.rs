//! The hosted pages: what a person reads before agreeing to anything, and afterwards.
//!
//! A page is a struct of ready text (amounts and dates are formatted by whoever fills it in) and a
//! `render` that turns it, with the [`Frame`] shared by all pages, into one HTML document.
//!
//! **Invariants.** Nothing here does IO or knows HTTP, sessions or the store. No page has a script,
//! an inline style or an address outside its own origin, except the one link of [`Onward`], so the
//! policy of [`content_security_policy`] holds on all of them and a page works the same with
//! scripts switched off. Every text given to a page is escaped; only [`payment_reason`] honours
//! tags, and it can produce no others than those it names.
//!
//! **Forms.** Each posts to [`Frame::form_action`] with `csrf`, `visit` (inside a visit) and
//! `action`, whose values are the constants of [`action`].

pub mod action;
mod agreements;
mod assets;
mod confirm;
mod confirm_text;
mod console;
mod error_page;
mod field;
mod frame;
mod landing;
mod layout;
mod onward;
mod payment_method;
mod policy;
mod problem;
mod reason;
mod recipient_terms;
mod revoke;
mod shipping_address;
mod sign_in;
mod sign_up;
mod status;
mod transactions;

pub use agreements::{Agreement, Agreements, LimitUse};
pub use assets::{LOGO, LOGO_PATH, STYLESHEET, STYLESHEET_PATH};
pub use confirm::{Breakdown, Confirm, Consent, EachCharge, EachRule};
pub use console::{AccessKeyCreated, AccessKeyLine, Balances, ConsoleHome};
pub use error_page::ErrorPage;
pub use field::FieldError;
pub use frame::{Frame, NavigationLink, SignedIn, Steps};
pub use landing::Landing;
pub use onward::Onward;
pub use payment_method::{
    Accepts, BALANCE, BalanceChoice, BankChoice, CardChoice, NewBank, NewCard, PaymentMethod,
    TestNumber,
};
pub use policy::content_security_policy;
pub use problem::Problem;
pub use reason::payment_reason;
pub use recipient_terms::{FeeExample, FeePayer, RecipientTerms};
pub use revoke::RevokeAgreement;
pub use shipping_address::ShippingAddress;
pub use sign_in::{SignIn, SignInTrouble};
pub use sign_up::{AccountKind, SignUp};
pub use status::{Status, Tone};
pub use transactions::{HistoryLine, TransactionLine};
