//! The sandbox processor through its public door: its cards, its rules, its durable statement.

mod banks;
mod cards;
mod common;
mod durability;
mod rules;
