//! Which step of a visit comes next, and which form was posted.

use pages::{Frame, Problem, SignInTrouble, Steps, action};
use payments::Timestamp;
use payments::rows::{Account, AccountStatus, AccountType, Verification};

use super::visit::Visit;
use super::wish::{Kind, Methods};
use super::{VISIT, address, bank, card, confirm, finish, method, sign_in, terms};
use crate::web::door::{self, Person};
use crate::web::form::Form;
use crate::web::return_url::Status;
use crate::web::{Host, Served, WebRequest, WebResponse, frame, reply};

/// A request inside a visit.
pub(super) struct At<'a> {
    pub(super) host: &'a dyn Host,
    pub(super) request: &'a WebRequest,
    pub(super) visit: Visit,
    /// Product time.
    pub(super) now: Timestamp,
}

/// Answers a request for a visit's page, or a form of it.
pub(in crate::web) async fn visit(host: &dyn Host, request: &WebRequest) -> Served {
    if !request.is_post() {
        let query = Form::of_query(request);
        let Some(visit) = Visit::find(host, request, query.get("visit")).await? else {
            return Ok(ended(host));
        };
        let at = At::new(host, request, visit).await?;
        return at.show(query.get("step")).await;
    }
    let form = match Form::of_body(request) {
        Ok(form) if !door::is_foreign(request) => form,
        Ok(_) | Err(_) => return Ok(reply::forged(host)),
    };
    let Some(visit) = Visit::find(host, request, form.get("visit")).await? else {
        return Ok(ended(host));
    };
    At::new(host, request, visit).await?.posted(&form).await
}

impl<'a> At<'a> {
    async fn new(
        host: &'a dyn Host,
        request: &'a WebRequest,
        visit: Visit,
    ) -> Result<At<'a>, store::Outage> {
        let now = host.store().now().await?.product;
        Ok(At {
            host,
            request,
            visit,
            now,
        })
    }

    async fn show(self, step: &str) -> Served {
        if let Some(result) = &self.visit.result {
            return Ok(finish::again(&self, result));
        }
        let Some(person) = door::who(self.host, self.request).await? else {
            return match step {
                "sign-up" => sign_in::sign_up_page(&self),
                _ => sign_in::page(&self, "", None),
            };
        };
        if self.is_anothers(&person) {
            return Ok(anothers(self.host));
        }
        if let Some(status) = self.bar(&person.account) {
            return finish::end(self, status.alone()).await;
        }
        if !self.visit.wish.asks_sender() {
            return terms::page(&self, &person, Vec::new());
        }
        let Some(chosen) = self.visit.method.filter(|_| step != "method") else {
            return method::page(&self, &person, method::Again::default()).await;
        };
        if self.visit.wish.collect_address && (self.visit.address.is_none() || step == "address") {
            return address::page(&self, &person);
        }
        confirm::page(&self, &person, chosen).await
    }

    async fn posted(mut self, form: &Form) -> Served {
        if let Some(result) = &self.visit.result {
            return Ok(finish::again(&self, result));
        }
        let pressed = form.get("action");
        let person = door::who(self.host, self.request).await?;
        let of_session = person
            .as_ref()
            .is_some_and(|person| door::carries(form, &person.session.csrf));
        let of_visit = door::carries(form, &self.visit.csrf);
        match (pressed, person) {
            (action::SIGN_IN, _) if of_session || of_visit => sign_in::sign_in(self, form).await,
            (action::SIGN_UP, _) if of_session || of_visit => sign_in::sign_up(self, form).await,
            (action::CANCEL, _) if of_session || of_visit => {
                finish::end(self, Status::Abandoned.alone()).await
            }
            (action::SIGN_OUT, Some(_)) if of_session => {
                let cookie = door::sign_out(self.host, self.request).await?;
                self.visit.start_over();
                self.visit.keep(self.host).await?;
                Ok(self.next().with_cookie(cookie))
            }
            (_, Some(person)) if of_session => self.by(person, pressed, form).await,
            (_, Some(_)) => Ok(reply::forged(self.host)),
            (_, None) => {
                let mut page = sign_in::page(&self, "", Some(SignInTrouble::SessionEnded))?;
                page.status = 403;
                Ok(page)
            }
        }
    }

    /// A form of somebody who is signed in.
    async fn by(mut self, person: Person, pressed: &str, form: &Form) -> Served {
        if self.is_anothers(&person) {
            return Ok(anothers(self.host));
        }
        if let Some(status) = self.bar(&person.account) {
            return finish::end(self, status.alone()).await;
        }
        self.visit.account = Some(person.account.key);
        let sender = self.visit.wish.asks_sender();
        match pressed {
            action::CHOOSE_METHOD if sender => method::choose(self, &person, form).await,
            action::ADD_CARD if sender => card::add(self, &person, form).await,
            action::ADD_BANK if sender => bank::add(self, &person, form).await,
            action::SET_ADDRESS if sender => address::set(self, &person, form).await,
            action::CONFIRM => finish::agree(self, &person).await,
            _ => Ok(reply::forged(self.host)),
        }
    }

    /// Whether somebody else has taken the visit up.
    fn is_anothers(&self, person: &Person) -> bool {
        let taken = self.visit.account;
        taken.is_some_and(|account| account != person.account.key)
    }

    /// Why this account cannot agree to what is asked.
    fn bar(&self, account: &Account) -> Option<Status> {
        let itself = self
            .visit
            .payees
            .iter()
            .any(|payee| payee.account == account.key);
        let Methods { card, .. } = self.visit.wish.methods;
        let personal = account.kind == AccountType::Personal;
        let cannot_take_cards = !self.visit.wish.asks_sender() && card && personal;
        let others_token =
            matches!(&self.visit.wish.kind, Kind::Edit(edit) if edit.owner != account.key);
        let barred = others_token
            || !account.email_verified
            || account.status != AccountStatus::Active
            || account.verification == Verification::Pending
            || itself
            || cannot_take_cards;
        barred.then_some(Status::NotPossible)
    }

    /// On to the next step.
    pub(super) fn next(&self) -> WebResponse {
        reply::see_other(self.host, &self.visit.href())
    }

    /// A page of the visit.
    pub(super) fn page(
        &self,
        status: u16,
        render: impl FnOnce(&Frame) -> String,
        frame: &Frame,
    ) -> Served {
        let origin = self.visit.return_url()?.origin();
        Ok(reply::page(status, render(frame), Some(&origin)))
    }

    /// What is around a page of the visit; `step` is the name of one of its steps.
    pub(super) fn frame(&self, person: Option<&Person>, step: &str) -> Frame {
        let mut names = vec!["Sign in"];
        if self.visit.wish.asks_sender() {
            names.push("Payment");
            if self.visit.wish.collect_address {
                names.push("Address");
            }
            names.push("Confirm");
        } else {
            names.push("Terms");
        }
        let current = names.iter().position(|name| *name == step).unwrap_or(0);
        let csrf = person.map_or(&self.visit.csrf, |person| &person.session.csrf);
        Frame {
            caller_name: Some(self.visit.caller_name.clone()),
            brand_name: self.visit.brand.name.clone(),
            caller_logo: self.visit.brand.logo.clone(),
            return_label: self.visit.wish.site.clone(),
            csrf: csrf.clone(),
            visit: Some(self.visit.id.clone()),
            form_action: VISIT.to_owned(),
            signed_in: person.map(|person| frame::signed_in(&person.account, VISIT)),
            steps: Some(Steps {
                names: names.into_iter().map(str::to_owned).collect(),
                current,
            }),
            ..frame::plain(self.host)
        }
    }
}

/// There is no such visit in this browser.
fn ended(host: &dyn Host) -> WebResponse {
    let problem = Problem {
        title: "This visit has ended".to_owned(),
        code: "VisitEnded".to_owned(),
        explanation: "A visit lasts half an hour, in the browser in which it began.".to_owned(),
        advice: "Go back to the site that sent you here and start again. Cookies must be allowed."
            .to_owned(),
        detail: None,
        request_id: None,
    };
    reply::problem(host, 410, &problem)
}

/// The visit is another person's.
fn anothers(host: &dyn Host) -> WebResponse {
    let problem = Problem {
        title: "Somebody else is in the middle of this".to_owned(),
        code: "VisitTaken".to_owned(),
        explanation: "This visit was taken up by another account in this browser.".to_owned(),
        advice: "Go back to the site that sent you here and start again.".to_owned(),
        detail: None,
        request_id: None,
    };
    reply::problem(host, 403, &problem)
}
