//! Prepaid and credit instruments, made without the pages.

use payments::commands::InstallTally;
use payments::rows::{PaymentMethod, TallyKind};
use payments::{Outcome, TallyId, TokenId};
use wire::Action;

use super::{Pairs, Scene, cents, pairs, reference, with, without};

/// A prepaid or credit instrument and its tokens.
#[derive(Clone)]
pub struct InstalledTally {
    /// Its id.
    pub id: TallyId,
    /// The token that spends it, or runs up debt on it.
    pub spending: TokenId,
    /// The token that funds or settles it.
    pub moving: TokenId,
}

/// The most that there may be on an instrument, in cents.
pub const TALLY_LIMIT_CENTS: i64 = 10_000;

impl Scene {
    /// What the sender agrees to: up to 100 dollars with the shop, moved by card.
    pub fn tally_wish(&self, kind: TallyKind) -> InstallTally {
        InstallTally {
            installer: self.shop.account,
            account: self.sender,
            kind,
            limit: cents(TALLY_LIMIT_CENTS),
            spending_reference: reference(&self.fresh_reference()),
            moving_reference: reference(&self.fresh_reference()),
            payment_reason: Some("Music".to_owned()),
            method: PaymentMethod::Card,
            instrument: Some(self.card),
            valid_from: None,
            expires_at: None,
            total_max: None,
            limits: Vec::new(),
        }
    }

    /// Installs it.
    pub fn install_tally(&self, wish: InstallTally) -> InstalledTally {
        let made = self.world.submit(wish);
        let Outcome::Tally {
            tally,
            spending,
            moving,
        } = made
        else {
            panic!("no instrument was made");
        };
        InstalledTally {
            id: tally,
            spending,
            moving,
        }
    }

    /// A new instrument, with nothing on it.
    pub fn tally(&self, kind: TallyKind) -> InstalledTally {
        self.install_tally(self.tally_wish(kind))
    }

    /// A prepaid instrument with 20 dollars on it, of which 4.50 are spent.
    pub fn funded(&self) -> InstalledTally {
        let wish = InstallTally {
            method: PaymentMethod::Balance,
            instrument: None,
            ..self.tally_wish(TallyKind::Prepaid)
        };
        let tally = self.install_tally(wish);
        let asked = self.funding(&tally, "20.00");
        self.made(Action::FundPrepaid, &asked, "Success");
        self.made(Action::Pay, &self.spending(&tally, "4.50"), "Success");
        tally
    }

    /// A credit instrument on which 20 dollars are owed.
    pub fn owed(&self) -> InstalledTally {
        let tally = self.tally(TallyKind::Credit);
        self.made(Action::Pay, &self.spending(&tally, "20.00"), "Success");
        tally
    }

    /// The parameters of a FundPrepaid.
    pub fn funding(&self, tally: &InstalledTally, amount: &str) -> Pairs {
        pairs(&[
            ("SenderTokenId", tally.moving.as_str()),
            ("PrepaidInstrumentId", tally.id.as_str()),
            ("FundingAmount.CurrencyCode", "USD"),
            ("FundingAmount.Value", amount),
            ("CallerReference", &self.fresh_reference()),
        ])
    }

    /// The parameters of a SettleDebt.
    pub fn settlement(&self, tally: &InstalledTally, amount: &str) -> Pairs {
        pairs(&[
            ("SenderTokenId", tally.moving.as_str()),
            ("CreditInstrumentId", tally.id.as_str()),
            ("SettlementAmount.CurrencyCode", "USD"),
            ("SettlementAmount.Value", amount),
            ("CallerReference", &self.fresh_reference()),
        ])
    }

    /// The parameters of a WriteOffDebt.
    pub fn write_off(&self, tally: &InstalledTally, amount: &str) -> Pairs {
        pairs(&[
            ("CreditInstrumentId", tally.id.as_str()),
            ("AdjustmentAmount.CurrencyCode", "USD"),
            ("AdjustmentAmount.Value", amount),
            ("CallerReference", &self.fresh_reference()),
        ])
    }

    /// The parameters of a Pay from an instrument to the shop.
    pub fn spending(&self, tally: &InstalledTally, amount: &str) -> Pairs {
        let asked = without(self.payment(), "RecipientTokenId");
        let asked = with(asked, "SenderTokenId", tally.spending.as_str());
        with(asked, "TransactionAmount.Value", amount)
    }
}
