//! The log: JSON lines on standard output, which Lambda takes from there.
//!
//! Other people's crates log requests whole at their lower levels, the signed URL included. They
//! are held at WARN whatever the environment asks for; only our own level can be changed.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::{
    Layer, filter::Targets, fmt, layer::SubscriberExt, util::SubscriberInitExt,
};

/// Starts the log at `level`: `trace`, `debug`, `info`, `warn`, `error` or `off`.
pub fn start(level: Option<&str>) {
    let lines = fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_filter(filter(level));
    // A second start, in tests, keeps the first one.
    let _ = tracing_subscriber::registry().with(lines).try_init();
    report_panics();
}

fn filter(level: Option<&str>) -> Targets {
    let ours = level
        .and_then(|level| level.trim().parse().ok())
        .unwrap_or(LevelFilter::INFO);
    Targets::new()
        .with_default(LevelFilter::WARN.min(ours))
        .with_target(env!("CARGO_CRATE_NAME"), ours)
}

/// A panic becomes a log line with its place. Its text may quote the request: DEBUG only.
fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        tracing::error!(place, "the provider panicked");
        let text = panic.payload_as_str().unwrap_or_default();
        tracing::debug!(text, "text of the panic");
    }));
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn other_crates_stay_at_warn_at_every_level() {
        for level in [
            Some("trace"),
            Some("TRACE"),
            Some("debug"),
            None,
            Some("nonsense"),
        ] {
            let filter = filter(level);
            for target in [
                "lambda_runtime",
                "hyper_util::client",
                "reqwest",
                "aws_smithy_runtime",
            ] {
                assert!(
                    !filter.would_enable(target, &Level::INFO),
                    "{level:?} {target}"
                );
                assert!(
                    filter.would_enable(target, &Level::WARN),
                    "{level:?} {target}"
                );
            }
        }
    }

    #[test]
    fn our_own_level_is_the_one_asked_for() {
        assert!(filter(Some("trace")).would_enable("zeroetl_provider::handler", &Level::TRACE));
        assert!(filter(None).would_enable("zeroetl_provider::handler", &Level::INFO));
        assert!(!filter(None).would_enable("zeroetl_provider::handler", &Level::DEBUG));
        assert!(!filter(Some("error")).would_enable("hyper", &Level::WARN));
    }
}
