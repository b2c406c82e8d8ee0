//! Our own words and formats, as the documentation promises them: property paths, Sids, reasons,
//! logs. What any good provider would do is in `reliability`.

mod logs;
mod markers;
mod policy_cases;
mod policy_properties;
mod reasons;
mod table_cases;
mod table_properties;
