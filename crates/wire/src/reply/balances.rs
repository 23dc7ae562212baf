//! Balances: of the account, of prepaid and credit instruments, and over all of them.

use xml::Writer;

use super::write_micros;

/// A caller's balance as it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balances {
    /// Micro-units that can be spent.
    pub available: i64,
    /// Micro-units on their way in.
    pub pending_in: i64,
    /// Micro-units set aside until a processor answers.
    pub pending_out: i64,
}

/// What was paid ahead, or is owed, in micro-units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TallyBalance {
    /// Can be spent, or is owed; without what is on its way.
    pub balance: i64,
    /// Is being funded, or settled.
    pub pending: i64,
}

/// What is set aside is still the account's; what is on its way in is not yet.
pub(super) fn write_account(writer: &mut Writer, balances: &Balances) {
    let total = balances.available.saturating_add(balances.pending_out);
    writer.open("AccountBalance");
    write_micros(writer, "TotalBalance", total);
    write_micros(writer, "PendingInBalance", balances.pending_in);
    write_micros(writer, "PendingOutBalance", balances.pending_out);
    writer.open("AvailableBalances");
    write_micros(writer, "DisburseBalance", balances.available);
    write_micros(writer, "RefundBalance", balances.available);
    writer.close("AvailableBalances").close("AccountBalance");
}

/// The four elements that say how a tally stands have one form.
pub(super) struct TallyElement {
    pub(super) name: &'static str,
    pub(super) balance: &'static str,
    pub(super) pending: &'static str,
}

impl TallyElement {
    pub(super) const PREPAID: TallyElement = TallyElement {
        name: "PrepaidBalance",
        balance: "AvailableBalance",
        pending: "PendingInBalance",
    };
    pub(super) const LIABILITY: TallyElement = TallyElement {
        name: "OutstandingPrepaidLiability",
        balance: "OutstandingBalance",
        pending: "PendingInBalance",
    };
    pub(super) const DEBT: TallyElement = TallyElement {
        name: "DebtBalance",
        balance: "AvailableBalance",
        pending: "PendingOutBalance",
    };
    pub(super) const OUTSTANDING: TallyElement = TallyElement {
        name: "OutstandingDebt",
        balance: "OutstandingBalance",
        pending: "PendingOutBalance",
    };

    pub(super) fn write(&self, writer: &mut Writer, balance: TallyBalance) {
        writer.open(self.name);
        write_micros(writer, self.balance, balance.balance);
        write_micros(writer, self.pending, balance.pending);
        writer.close(self.name);
    }
}
