//! What the tests share: servers to start and kill, a caller who signs, a receiver who listens.

mod books;
mod browser;
mod caller;
mod folder;
mod http;
mod receiver;
mod server;
mod text;
mod tool;
pub mod wait;

pub use books::{Books, Past};
pub use browser::Browser;
pub use caller::{Answer, Caller};
pub use folder::Folder;
pub use http::{Reply, exchange, get};
pub use receiver::{Received, Receiver};
pub use server::{Options, Said, Server, holdfast};
pub use text::{pairs_of, string_to_sign, value_of};
pub use tool::{openssl, python, run};
