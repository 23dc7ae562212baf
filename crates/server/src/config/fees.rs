//! The fee schedule, as a file writes it.

use std::sync::Arc;

use money::{Amount, Currency, FeeRule, Rate, Rounding};
use payments::FeeSchedule;
use payments::terms::FeeLine;

use super::{BadSetting, File, Tier, bad};

pub(super) fn fees(file: &File, currency: Currency) -> Result<FeeSchedule, BadSetting> {
    let usual = FeeSchedule::historical(currency);
    let Some(given) = &file.fees else {
        return Ok(usual);
    };
    let lines = |name: &str, tiers: &Option<Vec<Tier>>, usual: Arc<[FeeLine]>| match tiers {
        None => Ok(usual),
        Some(tiers) => tiers
            .iter()
            .map(|tier| fee_line(name, tier, currency))
            .collect(),
    };
    Ok(FeeSchedule {
        card: lines("fees.card", &given.card, usual.card)?,
        bank: lines("fees.bank", &given.bank, usual.bank)?,
        balance: lines("fees.balance", &given.balance, usual.balance)?,
    })
}

fn fee_line(name: &str, tier: &Tier, currency: Currency) -> Result<FeeLine, BadSetting> {
    let amount = |part: &str, text: Option<&String>| {
        let text = text.map_or("0", String::as_str);
        let parsed = Amount::parse(text, currency);
        parsed.map_err(|error| bad(&format!("{name}.{part}"), error))
    };
    let rate = tier.percent.as_deref().unwrap_or("0");
    let rate = Rate::parse_percent(rate).map_err(|error| bad(&format!("{name}.percent"), error))?;
    let rounding = match tier.round_to.as_deref() {
        None | Some("cents") => Rounding::HalfUpToCents,
        Some("micros") => Rounding::HalfUpToMicros,
        Some(other) => {
            return Err(bad(
                &format!("{name}.round_to"),
                format!("`{other}`: cents or micros"),
            ));
        }
    };
    Ok(FeeLine {
        from: amount("from", tier.from.as_ref())?,
        rule: FeeRule {
            rate,
            fixed: amount("fixed", tier.fixed.as_ref())?,
            minimum: amount("minimum", tier.minimum.as_ref())?,
            rounding,
        },
    })
}
