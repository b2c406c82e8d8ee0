//! The promise under fire: the real provider binary between a fake Lambda, a fake Glue and a fake
//! response server, with everything going wrong that can. Tests look at behaviour that any good
//! provider of these two resources would show; `contract` looks at our own words and formats.

#![expect(
    clippy::print_stdout,
    reason = "seeds, counts and tries are part of the result"
)]

mod budget;
mod convergence;
mod crowd;
mod deadlines;
mod delivery;
mod envelope;
mod holders;
mod oddities;
mod ownership;
mod policy_faults;
mod policy_rows;
mod secrets;
mod table_faults;
mod table_rows;
