//! Figures with their spread, and the machine that they are from. Knows nothing of what is
//! measured.

use std::fmt;
use std::time::Duration;

/// The middle and the spread of many runs.
#[derive(Debug, Clone, Copy)]
pub struct Figures {
    /// Half of the runs took no longer.
    pub median: Duration,
    /// A tenth of the runs took no longer.
    pub low: Duration,
    /// Nine tenths of the runs took no longer.
    pub high: Duration,
    /// How many runs.
    pub runs: usize,
}

impl Figures {
    /// Of these runs.
    ///
    /// # Panics
    ///
    /// When there are none.
    pub fn of(mut runs: Vec<Duration>) -> Self {
        assert!(!runs.is_empty(), "nothing was measured");
        runs.sort();
        let at = |tenths: usize| runs[(runs.len() - 1) * tenths / 10];
        Self {
            median: at(5),
            low: at(1),
            high: at(9),
            runs: runs.len(),
        }
    }

    /// How many times longer than the other, by the medians.
    pub fn times(&self, other: &Self) -> f64 {
        self.median.as_secs_f64() / other.median.as_secs_f64()
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |time: Duration| time.as_secs_f64() * 1e3;
        let (median, low, high) = (ms(self.median), ms(self.low), ms(self.high));
        write!(
            f,
            "{median:.2} ms ({low:.2} to {high:.2}, {} runs)",
            self.runs
        )
    }
}

/// Bytes as megabytes of a million bytes.
pub fn megabytes(bytes: u64) -> String {
    let tenths = (bytes + 5_000) / 10_000;
    format!("{}.{:02} MB", tenths / 100, tenths % 100)
}

/// Processor, cores and kernel.
pub fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let cpu = read("/proc/cpuinfo");
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model
        .map_or("unknown processor", |(_, name)| name)
        .to_owned();
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let kernel = read("/proc/sys/kernel/osrelease");
    format!("{model}, {cores} cores, Linux {}", kernel.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_run() {
        let runs = (1..=11).rev().map(Duration::from_millis).collect();
        let figures = Figures::of(runs);
        assert_eq!(figures.median, Duration::from_millis(6));
        assert_eq!(figures.low, Duration::from_millis(2));
        assert_eq!(figures.high, Duration::from_millis(10));
    }

    #[test]
    fn megabytes_are_rounded_to_hundredths() {
        assert_eq!(megabytes(2_115_742), "2.12 MB");
        assert_eq!(megabytes(10_000_000), "10.00 MB");
    }
}
