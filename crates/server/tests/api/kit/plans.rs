//! Subscriptions, started without the pages.

use payments::commands::InstallTokens;
use payments::rows::TokenType;
use serde_json::Value;
use server::admin::{Ask, AskSubscription, NewSubscription};

use super::{Scene, until_or};

/// Where the notifications of a subscription would go: nobody listens there.
const NOBODY: &str = "http://127.0.0.1:9/ipn";

impl Scene {
    /// Starts a subscription to a weekly paper: three times three dollars, of which the first is one.
    pub fn start_plan(&self, change: impl FnOnce(&mut NewSubscription)) -> String {
        let token = self.world.install(InstallTokens {
            kind: TokenType::Recurring,
            ..self.consent()
        });
        let mut new = NewSubscription {
            caller: self.shop.account.0.to_string(),
            token: token.id.to_string(),
            description: "A paper".to_owned(),
            amount: "3.00".to_owned(),
            every: "1 week".to_owned(),
            lasts: Some("3 weeks".to_owned()),
            begins_in_ms: None,
            promotional_amount: Some("1.00".to_owned()),
            promotional_charges: Some(1),
            ipn_url: None,
        };
        change(&mut new);
        let started = self.ask_plan(AskSubscription::Create(Box::new(new)));
        started["subscription"].as_str().expect("an id").to_owned()
    }

    /// Asks as the operator.
    pub fn ask_plan(&self, ask: AskSubscription) -> Value {
        self.world.admin(Ask::Subscription(ask))
    }

    /// A subscription as the operator sees it.
    pub fn plan_shown(&self, id: &str) -> Value {
        self.ask_plan(AskSubscription::Show { id: id.to_owned() })
    }

    /// Waits until so many charges were made; gives the subscription.
    pub fn plan_charged(&self, id: &str, charges: u32) -> Value {
        let look = || {
            let shown = self.plan_shown(id);
            (shown["charges"] == charges).then_some(shown)
        };
        until_or(&format!("{charges} charges"), look, || {
            let figures = self.world.app().workers.get().map(|read| read());
            format!("{}\n{figures:?}", self.plan_shown(id))
        })
    }

    /// A subscription whose first dollar was paid.
    pub fn paid_plan(&self) -> String {
        let id = self.start_plan(|new| new.ipn_url = Some(NOBODY.to_owned()));
        let shown = self.plan_charged(&id, 1);
        let paid = shown["payments"][0]["transaction"].as_str();
        self.wait_for(paid.expect("an id"), "Success");
        id
    }
}
