//! What `subscription` takes.

use clap::Subcommand;

/// `subscription …`
#[derive(Debug, Subcommand)]
pub enum Subscription {
    /// Start a subscription by a sender's recurring token.
    Create {
        /// The caller's number or e-mail address.
        #[arg(long, value_name = "ACCOUNT")]
        caller: String,
        /// The recurring token.
        #[arg(long)]
        token: String,
        /// What each charge costs, in dollars.
        #[arg(long)]
        amount: String,
        /// How often it is charged: "1 month"
        #[arg(long, value_name = "PERIOD")]
        every: String,
        /// How long it lasts: "1 year" [default: until it is cancelled]
        #[arg(long, value_name = "PERIOD")]
        lasts: Option<String>,
        /// When the first charge is due: 14d [default: at once]
        #[arg(long, value_name = "DURATION")]
        begins_in: Option<String>,
        /// What it is for.
        #[arg(long, default_value = "Subscription")]
        description: String,
        /// What each of the first charges costs instead, in dollars.
        #[arg(long)]
        promotional_amount: Option<String>,
        /// How many charges are promotional.
        #[arg(long)]
        promotional_charges: Option<u32>,
        /// Where its notifications go.
        #[arg(long, value_name = "URL")]
        ipn_url: Option<String>,
    },
    /// List the subscriptions of an account.
    List {
        /// The account's number or e-mail address.
        account: String,
    },
    /// Show a subscription with its payments.
    Show {
        /// Its id.
        id: String,
    },
    /// Cancel a subscription, and give back of its last payment.
    Cancel {
        /// Its id.
        id: String,
        /// How much of the last payment is given back, in dollars.
        #[arg(long, value_name = "AMOUNT", requires = "reference")]
        refund: Option<String>,
        /// The refund's caller reference.
        #[arg(long)]
        reference: Option<String>,
        /// Why.
        #[arg(long)]
        reason: Option<String>,
    },
}
